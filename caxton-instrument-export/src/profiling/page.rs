//! `/debug/pprof/profile`, as Go's
//! [net/http/pprof](https://pkg.go.dev/net/http/pprof) has it.

use std::time::Duration;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::build::Profiling;
use super::meta::{ProfileOutcome, dropped, profile};
use super::sampler::{SampleError, Samples};
use super::turn::Turn;
use super::{proto, symbols};

/// Where it is.
const PATH: &str = "/debug/pprof/profile";

/// How long a profile takes that does not say, at most; as in Go.
const USUAL: Duration = Duration::from_secs(30);

/// Profiles on demand as a router, to merge into one of your own.
///
/// `GET /debug/pprof/profile?seconds=10` takes one and answers it as a gzipped
/// [profile.proto](https://github.com/google/pprof/blob/main/proto/profile.proto).
/// A number of seconds that is none or too large is answered with 400, a
/// profile while another one is taken with 429 and `Retry-After`. One whose
/// client goes away ends.
///
/// A profile shows the names of functions, and takes some processor time: let
/// nobody reach it who should not, by an address of its own or by access
/// control.
///
/// ```no_run
/// use caxton_instrument_export::profiling::{self, Profiling};
///
/// # async fn serve() -> std::io::Result<()> {
/// let admin: axum::Router = profiling::router(&Profiling::new());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:9465").await?;
/// # let _ = (admin, listener);
/// # Ok(())
/// # }
/// ```
pub fn router<S: Clone + Send + Sync + 'static>(options: &Profiling) -> Router<S> {
    let options = options.clone();
    Router::new().route(
        PATH,
        get(move |RawQuery(query): RawQuery| answer(options.clone(), query)),
    )
}

async fn answer(options: Profiling, query: Option<String>) -> Response {
    let duration = match seconds(query.as_deref().unwrap_or_default(), options.max_duration) {
        Ok(duration) => duration,
        Err(text) => return (StatusCode::BAD_REQUEST, text).into_response(),
    };
    let turn = match Turn::take(duration) {
        Ok(turn) => turn,
        Err(left) => return busy(left),
    };
    let mut aborted = Aborted(true);
    let samples = turn.sample(duration, options.rate).await;
    // Names take long, and others need not wait for them.
    drop(turn);
    let answer = match samples {
        Ok(samples) => encoded(samples).await,
        Err(error) => {
            profile(ProfileOutcome::Failed);
            refused(&error)
        }
    };
    aborted.0 = false;
    answer
}

async fn encoded(samples: Samples) -> Response {
    dropped(samples.lost);
    let encoding = tokio::task::spawn_blocking(move || {
        let body = proto::encode(&samples);
        symbols::forget();
        body
    });
    let text = match encoding.await {
        Ok(Ok(body)) => {
            profile(ProfileOutcome::Served);
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"profile.pb.gz\"",
                ),
                (header::CACHE_CONTROL, "no-store"),
            ];
            return (headers, body).into_response();
        }
        Ok(Err(error)) => format!("the profile failed: {error}\n"),
        Err(error) => format!("the profile failed: {error}\n"),
    };
    profile(ProfileOutcome::Failed);
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}

/// Counts a client that went away: then the answer is dropped, and this.
struct Aborted(bool);

impl Drop for Aborted {
    fn drop(&mut self) {
        if self.0 {
            profile(ProfileOutcome::Aborted);
        }
    }
}

fn busy(left: Duration) -> Response {
    let seconds = left.as_secs() + 1;
    let text = format!(
        "a profile is being taken already; ask again in {seconds} s, or wait for that one\n"
    );
    let retry = [(header::RETRY_AFTER, seconds.to_string())];
    (StatusCode::TOO_MANY_REQUESTS, retry, text).into_response()
}

fn refused(error: &SampleError) -> Response {
    let status = match error {
        SampleError::Unsupported => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, format!("cannot take a profile: {error}\n")).into_response()
}

/// The last `seconds` of a query.
fn seconds(query: &str, max: Duration) -> Result<Duration, String> {
    let given = form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == "seconds")
        .last();
    let Some((_, text)) = given else {
        return Ok(USUAL.min(max));
    };
    let duration = text
        .parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero() && *duration <= max);
    duration.ok_or_else(|| {
        let shown: String = text.chars().take(32).collect();
        format!(
            "`seconds={shown}` cannot be: write a number above 0 and up to {}, as in \
             {PATH}?seconds=10\n",
            max.as_secs_f64()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_and_bounded() {
        let max = Duration::from_secs(60);
        assert_eq!(seconds("", max), Ok(USUAL));
        assert_eq!(
            seconds("", Duration::from_secs(5)),
            Ok(Duration::from_secs(5))
        );
        assert_eq!(seconds("seconds=10", max), Ok(Duration::from_secs(10)));
        assert_eq!(
            seconds("debug=1&seconds=0.5", max),
            Ok(Duration::from_millis(500))
        );
        for wrong in ["", "0", "-1", "61", "1e300", "NaN", "inf", "ten", "1s"] {
            let answer = seconds(&format!("seconds={wrong}"), max);
            let text = answer.expect_err("it is refused");
            assert!(text.contains("up to 60"), "{text}");
        }
        let long = seconds(&format!("seconds={}", "9".repeat(5_000)), max);
        assert!(long.is_err_and(|text| text.len() < 200));
    }
}
