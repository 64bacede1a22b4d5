//! Who may read the pages: what a client sends, compared with what it has to
//! know in a time that tells nothing about it.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::{Choice, ConstantTimeEq};

use super::meta::{self, Refusal};
use super::options::Server;
use crate::error::InstallError;

/// The longest credential, in bytes.
const MAX: usize = 1_024;

/// Both ways to log in, one header each: not every client reads a list.
const BEARER: &str = "Bearer realm=\"caxton\"";
const BASIC: &str = "Basic realm=\"caxton\", charset=\"UTF-8\"";

/// What the requests to one server have to bring.
pub(super) struct Access {
    bearer: Expected,
    /// `user:password`.
    basic: Expected,
    probes_are_open: bool,
}

impl Access {
    /// `None` where every request is answered.
    pub(super) fn new(server: &Server) -> Result<Option<Self>, InstallError> {
        if server.bearer.is_none() && server.basic.is_none() {
            return Ok(None);
        }
        let bearer = match &server.bearer {
            Some(token) => Expected::new(&token_of(token)?),
            None => Expected::nothing(),
        };
        let basic = match &server.basic {
            Some((user, password)) => {
                let what = "the password";
                if user.contains(':') {
                    return Err(wrong(what, "the user's name has a colon, which ends it"));
                }
                let password = password.read().map_err(|reason| wrong(what, &reason))?;
                Expected::new(&checked(what, format!("{user}:{password}"))?)
            }
            None => Expected::nothing(),
        };
        Ok(Some(Self {
            bearer,
            basic,
            probes_are_open: server.probes_are_open,
        }))
    }

    /// The same pages for those who bring it.
    pub(super) fn protect(self, router: Router) -> Router {
        let access = Arc::new(self);
        router.layer(middleware::from_fn(move |request: Request, next: Next| {
            let access = Arc::clone(&access);
            async move { access.check(request, next).await }
        }))
    }

    /// Answers a request, or says what it has to bring.
    async fn check(&self, request: Request, next: Next) -> Response {
        let path = request.uri().path();
        let is_probe = path == "/livez" || path == "/readyz";
        if (is_probe && self.probes_are_open) || self.admits(request.headers()) {
            return next.run(request).await;
        }
        meta::refused(Refusal::Credentials);
        self.refusal()
    }

    /// One path for what is right, wrong, missing or malformed: both
    /// comparisons run over all of their bytes in any case.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let sent = Sent::of(headers);
        let bearer = self.bearer.matches(&sent.bearer);
        let basic = self.basic.matches(&sent.basic);
        (bearer | basic).into()
    }

    fn refusal(&self) -> Response {
        let text = "log in: the answer's WWW-Authenticate says how\n";
        let mut response = (StatusCode::UNAUTHORIZED, text).into_response();
        let headers = response.headers_mut();
        for (expected, challenge) in [(&self.bearer, BEARER), (&self.basic, BASIC)] {
            if expected.is_some.into() {
                headers.append(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static(challenge),
                );
            }
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // A place among the connections is for who may read.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

fn token_of(token: &super::secret::Secret) -> Result<String, InstallError> {
    let what = "the bearer token";
    let token = token.read().map_err(|reason| wrong(what, &reason))?;
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong(
            what,
            "it has characters that no header carries: use letters, digits and `-._~+/=`",
        ));
    }
    checked(what, token)
}

fn checked(what: &'static str, secret: String) -> Result<String, InstallError> {
    if secret.len() > MAX {
        return Err(wrong(what, "it has more than 1024 bytes"));
    }
    Ok(secret)
}

fn wrong(what: &'static str, reason: &str) -> InstallError {
    InstallError::Credential {
        what,
        reason: String::from(reason),
    }
}

/// A credential in a place of fixed size, its length after it: comparing two
/// takes the same time whatever they are.
#[derive(Clone)]
struct Slot([u8; MAX + 8]);

impl Slot {
    const fn empty() -> Self {
        Self([0; MAX + 8])
    }

    /// What is too long keeps its length, which no right one has.
    fn of(bytes: &[u8]) -> Self {
        let mut slot = Self::empty();
        let kept = &bytes[..bytes.len().min(MAX)];
        slot.0[..kept.len()].copy_from_slice(kept);
        slot.0[MAX..].copy_from_slice(&(bytes.len() as u64).to_be_bytes());
        slot
    }
}

struct Expected {
    is_some: Choice,
    slot: Box<Slot>,
}

impl Expected {
    fn new(credential: &str) -> Self {
        Self {
            is_some: Choice::from(1),
            slot: Box::new(Slot::of(credential.as_bytes())),
        }
    }

    fn nothing() -> Self {
        Self {
            is_some: Choice::from(0),
            slot: Box::new(Slot::empty()),
        }
    }

    fn matches(&self, sent: &Slot) -> Choice {
        #[cfg(test)]
        tests::COMPARED.with(|compared| compared.set(compared.get() + sent.0.len()));
        self.is_some & self.slot.0.ct_eq(&sent.0)
    }
}

/// What a request brings, empty where it brings nothing of the kind.
struct Sent {
    bearer: Slot,
    basic: Slot,
}

impl Sent {
    fn of(headers: &HeaderMap) -> Self {
        let mut sent = Self {
            bearer: Slot::empty(),
            basic: Slot::empty(),
        };
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        // Of two headers neither is meant for sure.
        let (Some(value), None) = (values.next(), values.next()) else {
            return sent;
        };
        let value = value.as_bytes();
        let Some(space) = value.iter().position(|byte| *byte == b' ') else {
            return sent;
        };
        let (scheme, rest) = (&value[..space], value[space..].trim_ascii());
        if scheme.eq_ignore_ascii_case(b"bearer") {
            sent.bearer = Slot::of(rest);
        } else if scheme.eq_ignore_ascii_case(b"basic")
            && let Ok(pair) = STANDARD.decode(rest)
        {
            sent.basic = Slot::of(&pair);
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::server::Secret;

    thread_local! {
        pub(super) static COMPARED: Cell<usize> = const { Cell::new(0) };
    }

    fn access(server: &Server) -> Access {
        Access::new(server).unwrap().unwrap()
    }

    fn both() -> Access {
        let server = Server::on("0")
            .bearer_token("token")
            .basic_auth("ann", "p:w");
        access(&server)
    }

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        headers
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn either_credential_is_enough() {
        let access = both();
        for right in [
            "Bearer token",
            "bearer token",
            "BEARER  token ",
            &basic("ann:p:w"),
        ] {
            assert!(access.admits(&headers(&[right])), "{right}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let access = both();
        let wrong = [
            "",
            "Bearer",
            "Bearer ",
            "Bearer toke",
            "Bearer tokens",
            "Bearer TOKEN",
            "token",
            "Basic token",
            "Basic !",
            "Digest token",
            "Bearer \u{0}".trim_end_matches('\0'),
            &basic("ann:"),
            &basic("ann"),
            &basic(""),
            &basic("ANN:p:w"),
            &basic("ann:p:w "),
        ];
        for wrong in wrong {
            assert!(!access.admits(&headers(&[wrong])), "{wrong:?}");
        }
        assert!(!access.admits(&headers(&[])));
        assert!(!access.admits(&headers(&["Bearer token", "Bearer token"])));
        let long = format!("Bearer token{}", "\u{7f}".repeat(0) + &"a".repeat(5_000));
        assert!(!access.admits(&headers(&[&long])));
    }

    #[test]
    fn what_is_not_asked_for_admits_nobody() {
        let access = access(&Server::on("0").bearer_token("token"));
        assert!(!access.admits(&headers(&[&basic("")])));
        assert!(!access.admits(&headers(&[&basic(":")])));
        assert!(!access.admits(&headers(&["Bearer "])));
    }

    /// Missing, malformed, wrong in any byte or length, or right: the same
    /// bytes are compared, by `subtle`, and all of them.
    #[test]
    fn the_same_bytes_are_compared_whatever_is_sent() {
        let access = both();
        let sent: [&[&str]; 7] = [
            &[],
            &["nonsense"],
            &["Basic !"],
            &["Bearer t"],
            &["Bearer xoken"],
            &["Bearer tokex"],
            &["Bearer token"],
        ];
        for sent in sent {
            COMPARED.with(|compared| compared.set(0));
            access.admits(&headers(sent));
            assert_eq!(COMPARED.with(Cell::get), 2 * (MAX + 8), "{sent:?}");
        }
    }

    #[test]
    fn a_credential_as_long_as_the_place_is_told_from_longer_ones() {
        let token = "a".repeat(MAX);
        let access = access(&Server::on("0").bearer_token(&*token));
        assert!(access.admits(&headers(&[&format!("Bearer {token}")])));
        assert!(!access.admits(&headers(&[&format!("Bearer {token}a")])));
        assert!(!access.admits(&headers(&[&format!("Bearer {}", &token[1..])])));
    }

    #[test]
    fn a_secret_that_cannot_be_sent_is_refused_without_showing_it() {
        let cases = [
            (Server::on("0").bearer_token("hush hush"), "letters, digits"),
            (Server::on("0").bearer_token("a".repeat(2_000)), "1024"),
            (Server::on("0").bearer_token(""), "empty"),
            (Server::on("0").basic_auth("a:b", "hush"), "colon"),
            (
                Server::on("0").basic_auth("a", Secret::env("CAXTON_NO_SUCH")),
                "CAXTON_NO_SUCH",
            ),
        ];
        for (server, expected) in cases {
            let message = Access::new(&server).err().unwrap().to_string();
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains("hush"), "{message}");
            assert!(!format!("{server:?}").contains("hush"));
        }
    }
}
