//! Pages over HTTP: `pages` says what, `standalone` serves it to programs
//! without a server of their own.

mod address;
mod gzip;
mod pages;
mod patience;
mod standalone;

pub(crate) use pages::router;
pub(crate) use standalone::{Server, start};
