//! `caxton.toml`: what is read, what is refused, and what is said about it.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "config/files.rs"]
mod files;
#[path = "config/guide.rs"]
mod guide;
#[path = "config/layers.rs"]
mod layers;
#[path = "config/mistakes.rs"]
mod mistakes;
#[path = "config/schema.rs"]
mod schema;
