//! Pages over HTTP: to whom, what, and on which thread.
//!
//! `options` say where a server listens and who may read it; `address`, `tls`
//! and `access` check that before anything is served. `standalone` runs a server
//! for programs without one of their own, `connection` takes care of each
//! client, and `pages` says what is answered.

mod access;
mod address;
mod build;
mod connection;
mod gzip;
mod meta;
mod options;
mod pages;
mod patience;
mod secret;
mod standalone;
mod tls;

pub(crate) use build::{Servers, Wanted};
pub use options::Server;
pub(crate) use pages::router;
pub use secret::Secret;
