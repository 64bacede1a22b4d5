//! From the text of an address to a bound socket.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, ToSocketAddrs};

use super::options::Server;
use crate::error::InstallError;

/// Binds an address, unless others could read there what nobody said they may:
/// not even for a moment.
pub(super) fn bind(server: &Server) -> Result<TcpListener, InstallError> {
    let address = server.address.as_str();
    let addresses = resolve(address)?;
    if !server.authenticates()
        && !server.is_open
        && let Some(wide) = addresses
            .iter()
            .find(|address| !address.ip().to_canonical().is_loopback())
    {
        return Err(InstallError::Unauthenticated { address: *wide });
    }
    let mut refused = None;
    // `localhost` may be two addresses of which a machine has one.
    for address in addresses {
        match TcpListener::bind(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = refused.or(Some((address, error))),
        }
    }
    let Some((address, source)) = refused else {
        return Err(InstallError::Address {
            address: String::from(address),
            reason: String::from("the name has no address"),
        });
    };
    Err(match source.kind() {
        ErrorKind::AddrInUse => InstallError::PortInUse { address },
        ErrorKind::PermissionDenied => InstallError::Listen {
            address,
            source,
            hint: "ports below 1024 need a privilege: choose a higher one",
        },
        ErrorKind::AddrNotAvailable => InstallError::Listen {
            address,
            source,
            hint: "this machine does not have that address: 127.0.0.1 is always there",
        },
        _ => InstallError::Listen {
            address,
            source,
            hint: "choose another address",
        },
    })
}

fn resolve(address: &str) -> Result<Vec<SocketAddr>, InstallError> {
    let wrong = |reason: String| InstallError::Address {
        address: String::from(address),
        reason,
    };
    if let Ok(port) = address.parse::<u16>() {
        return Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))]);
    }
    if let Ok(address) = address.parse::<SocketAddr>() {
        return Ok(vec![address]);
    }
    let Some((host, port)) = address.rsplit_once(':') else {
        return Err(wrong(String::from("it has no port")));
    };
    let Ok(port) = port.parse::<u16>() else {
        return Err(wrong(format!("`{port}` is no port between 0 and 65535")));
    };
    if host.is_empty() {
        return Err(wrong(String::from("it has no host")));
    }
    (host, port)
        .to_socket_addrs()
        .map(Iterator::collect)
        .map_err(|error| wrong(format!("`{host}` is not known ({error})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: &str) -> String {
        let server = Server::on(address).allow_unauthenticated();
        bind(&server).map_or_else(|error| error.to_string(), |_| String::from("bound"))
    }

    #[test]
    fn a_bare_port_is_one_of_loopback() {
        let addresses = resolve("9464").unwrap_or_default();
        assert_eq!(addresses, [SocketAddr::from(([127, 0, 0, 1], 9464))]);
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        let cases = [
            ("", "it has no port"),
            ("127.0.0.1", "it has no port"),
            ("127.0.0.1:70000", "`70000` is no port"),
            ("127.0.0.1:http", "`http` is no port"),
            (":9464", "it has no host"),
            (
                "no.such.host.invalid:1",
                "`no.such.host.invalid` is not known",
            ),
        ];
        for (address, expected) in cases {
            let message = said(address);
            assert!(message.contains(expected), "{address}: {message}");
            assert!(
                message.contains("\"127.0.0.1:9464\""),
                "{address}: {message}"
            );
        }
    }

    #[test]
    fn a_taken_port_is_named() {
        let Ok(taken) = bind(&Server::on("127.0.0.1:0")) else {
            panic!("no free port");
        };
        let Ok(address) = taken.local_addr() else {
            panic!("bound without an address");
        };
        let message = said(&address.to_string());
        assert!(
            message.contains(&format!("{address}: the port is in use")),
            "{message}"
        );
        assert!(message.contains("port 0"), "{message}");
    }

    #[test]
    fn an_address_that_others_reach_needs_a_word_about_them() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
            let message = bind(&Server::on(address)).err().unwrap().to_string();
            for word in [
                "bearer_token(..)",
                "client_ca(..)",
                "allow_unauthenticated()",
            ] {
                assert!(message.contains(word), "{address}: {message}");
            }
        }
        for address in ["127.0.0.1:0", "127.8.8.8:0", "0", "[::ffff:127.0.0.1]:0"] {
            let refused = bind(&Server::on(address)).err();
            let refused =
                refused.is_some_and(|error| matches!(error, InstallError::Unauthenticated { .. }));
            assert!(!refused, "{address}");
        }
        assert!(bind(&Server::on("0.0.0.0:0").allow_unauthenticated()).is_ok());
        assert!(bind(&Server::on("0.0.0.0:0").bearer_token("token")).is_ok());
    }

    #[test]
    fn an_address_of_another_machine_is_refused() {
        let message = said("192.0.2.1:0");
        assert!(message.contains("does not have that address"), "{message}");
    }
}
