//! Tests of caxton-instrument as its users see it; see `tests/`.
