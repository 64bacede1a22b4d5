//! What a mistake looks like, and what is none: see `cases/`.
