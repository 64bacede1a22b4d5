//! Servers and certificates for the tests of what leaves the process.

#![allow(clippy::expect_used, reason = "what does not start fails the test")]

pub mod certificates;
pub mod client;
pub mod collector;
pub mod databases;
pub mod fault_server;
pub mod process;
pub mod received;
pub mod victoria;
