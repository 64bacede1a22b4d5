//! The keys of `[observability.server]`.

use std::path::PathBuf;

use crate::config::key::section;
use crate::config::value::{Address, Secret, Whole};

section! {
    /// The pages: `/metrics`, `/health`, `/livez`, `/readyz`, `/version`. An address that other
    /// machines reach needs a token, a password or client certificates.
    Server {
        /// Where the pages are. A port alone is one of 127.0.0.1. Unset: nowhere.
        address: Address; needs("server"),
        /// Where pages for operators are, profiles among them. Unset: nowhere.
        admin_address: Address; also("profiling.server_address"); needs("server"),
        /// A PEM file with the certificate of both addresses, chain included.
        tls_cert: PathBuf; needs("server"),
        /// A PEM file with its private key.
        tls_key: PathBuf; needs("server"),
        /// A PEM file with the authorities that may sign clients' certificates (mutual TLS).
        tls_client_ca: PathBuf; needs("server"),
        /// The token that a reader sends, `Authorization: Bearer ..`.
        bearer_token: Secret; needs("server"),
        /// The user that a reader names (basic authentication).
        basic_user: String; needs("server"),
        /// The user's password.
        basic_password: Secret; needs("server"),
        /// Lets everybody read who reaches the address, for a network that keeps others out.
        allow_unauthenticated: bool = false; needs("server"),
        /// Asks for credentials on `/livez` and `/readyz` as well.
        protect_probes: bool = false; needs("server"),
        /// Connections at a time, at each address; others wait.
        max_connections: Whole<1, 100_000> = Whole::new(128); needs("server"),
    }
}
