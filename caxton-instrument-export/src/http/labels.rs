//! The labels of requests.

use caxton_instrument::{LabelSet, LabelValue, Status, Text};
use http::StatusCode;

/// The method of a request.
///
/// ```
/// use caxton_instrument_export::http::Method;
///
/// assert_eq!(Method::from(&http::Method::GET), Method::Get);
/// let own = http::Method::from_bytes(b"PROPFIND")?;
/// assert_eq!(Method::from(&own), Method::Other);
/// # Ok::<(), http::method::InvalidMethod>(())
/// ```
#[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// Any other: clients may make them up.
    Other,
}

impl From<&http::Method> for Method {
    fn from(method: &http::Method) -> Self {
        match *method {
            http::Method::GET => Self::Get,
            http::Method::HEAD => Self::Head,
            http::Method::POST => Self::Post,
            http::Method::PUT => Self::Put,
            http::Method::PATCH => Self::Patch,
            http::Method::DELETE => Self::Delete,
            http::Method::OPTIONS => Self::Options,
            _ => Self::Other,
        }
    }
}

macro_rules! codes {
    ($($variant:ident = $code:literal $text:literal,)*) => {
        /// What was answered: the status code of an answer, its class where the
        /// code is a rare one, or why there is no answer.
        ///
        /// ```
        /// use caxton_instrument::LabelValue;
        /// use caxton_instrument_export::http::Code;
        /// use http::StatusCode;
        ///
        /// let code = |status| Code::from(StatusCode::from_u16(status).unwrap()).as_str();
        /// assert_eq!([code(200), code(503), code(599)], ["200", "503", "5xx"]);
        /// ```
        #[derive(LabelValue, Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(
                #[doc = concat!("Status code ", $text, ".")]
                #[label(rename = $text)]
                $variant,
            )*
            /// Any other code below 200.
            #[label(rename = "1xx")]
            Informational,
            /// Any other code of success.
            #[label(rename = "2xx")]
            Success,
            /// Any other redirection.
            #[label(rename = "3xx")]
            Redirection,
            /// Any other error of the client's.
            #[label(rename = "4xx")]
            ClientError,
            /// Any other error of the server's, and codes that HTTP does not know.
            #[label(rename = "5xx")]
            ServerError,
            /// No answer: the client went away, or a timeout gave up.
            Cancelled,
            /// No answer: the handler panicked.
            Panicked,
            /// No answer: the service returned an error.
            Failed,
        }

        impl From<StatusCode> for Code {
            fn from(code: StatusCode) -> Self {
                match code.as_u16() {
                    $($code => Self::$variant,)*
                    ..200 => Self::Informational,
                    200..300 => Self::Success,
                    300..400 => Self::Redirection,
                    400..500 => Self::ClientError,
                    500.. => Self::ServerError,
                }
            }
        }
    };
}

codes! {
    SwitchingProtocols = 101 "101",
    Ok = 200 "200",
    Created = 201 "201",
    Accepted = 202 "202",
    NoContent = 204 "204",
    PartialContent = 206 "206",
    MovedPermanently = 301 "301",
    Found = 302 "302",
    SeeOther = 303 "303",
    NotModified = 304 "304",
    TemporaryRedirect = 307 "307",
    PermanentRedirect = 308 "308",
    BadRequest = 400 "400",
    Unauthorized = 401 "401",
    Forbidden = 403 "403",
    NotFound = 404 "404",
    MethodNotAllowed = 405 "405",
    RequestTimeout = 408 "408",
    Conflict = 409 "409",
    Gone = 410 "410",
    PreconditionFailed = 412 "412",
    PayloadTooLarge = 413 "413",
    UnsupportedMediaType = 415 "415",
    UnprocessableEntity = 422 "422",
    TooManyRequests = 429 "429",
    InternalServerError = 500 "500",
    NotImplemented = 501 "501",
    BadGateway = 502 "502",
    ServiceUnavailable = 503 "503",
    GatewayTimeout = 504 "504",
}

/// Requests, by what was answered.
#[derive(LabelSet, Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestLabels {
    /// The method.
    pub method: Method,
    /// The template that the request matched.
    #[label(max_values = 100)]
    pub route: Text,
    /// What was answered.
    pub code: Code,
}

/// Requests, by how they ended.
#[derive(LabelSet, Debug, Clone, PartialEq, Eq, Hash)]
pub struct TimeLabels {
    /// The method.
    pub method: Method,
    /// The template that the request matched.
    #[label(max_values = 100)]
    pub route: Text,
    /// How it ended.
    pub status: Status,
}

/// Requests.
#[derive(LabelSet, Debug, Clone, PartialEq, Eq, Hash)]
pub struct RouteLabels {
    /// The method.
    pub method: Method,
    /// The template that the request matched.
    #[label(max_values = 100)]
    pub route: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_a_pattern_of_its_class() {
        for status in 100..1_000 {
            let Ok(code) = StatusCode::from_u16(status) else {
                panic!("{status}");
            };
            let class = (status / 100).min(5).to_string();
            let value = Code::from(code).as_str();
            assert!(
                value.starts_with(&class) && value.len() == 3,
                "{status}: {value}"
            );
        }
    }
}
