//! A client of a few lines: one request a connection, HTTP/1.0, so that no
//! body comes in chunks.
#![allow(dead_code, reason = "each test uses a part")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    head: String,
    /// The body.
    pub(crate) body: String,
}

impl Answer {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}

/// Asks for a path.
pub(crate) fn request(method: &str, address: SocketAddr, path: &str) -> std::io::Result<Answer> {
    request_with(method, address, path, &[])
}

/// Asks for a path with headers. A body that is packed is unpacked.
pub(crate) fn request_with(
    method: &str,
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
) -> std::io::Result<Answer> {
    let mut stream = send(method, address, path, headers)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(|| std::io::Error::other("no head"))?;
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes).map_err(std::io::Error::other)?;
    let mut answer = Answer {
        status: head
            .get(9..12)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0),
        head,
        body: String::new(),
    };
    if answer.header("content-encoding") == "gzip" {
        flate2::read::GzDecoder::new(&*body).read_to_string(&mut answer.body)?;
    } else {
        answer.body = String::from_utf8(body).map_err(std::io::Error::other)?;
    }
    Ok(answer)
}

/// Asks, and leaves the answer unread.
pub(crate) fn send(
    method: &str,
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut head = format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}

/// Asks for a path, and gets an answer.
#[track_caller]
pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    request("GET", address, path).expect("the server answers")
}

/// Text for a query string.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex(byte >> 4), hex(byte & 0xf)]);
        }
    }
    out
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}
