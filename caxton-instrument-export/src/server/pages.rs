//! What each path answers. `GET` and `HEAD` only.

use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Serialize;

use super::gzip;
use crate::exposition::{Filter, Representation};
use crate::health::{Report, Status};
use crate::telemetry::Shared;

/// Every path, for the page that answers any other.
const PATHS: &str = "/metrics /health /livez /readyz /version";

pub(crate) fn router<S: Clone + Send + Sync + 'static>(shared: &Arc<Shared>) -> Router<S> {
    let [scraped, checked, asked] = [(); 3].map(|()| Arc::clone(shared));
    Router::new()
        .route(
            "/metrics",
            get(move |RawQuery(query): RawQuery, headers: HeaderMap| {
                metrics(Arc::clone(&scraped), query, headers)
            }),
        )
        .route("/health", get(move || health(Arc::clone(&checked))))
        .route("/livez", page(shared, livez))
        .route("/readyz", get(move || readyz(Arc::clone(&asked))))
        .route("/version", page(shared, version))
}

fn page<S: Clone + Send + Sync + 'static>(
    shared: &Arc<Shared>,
    render: fn(&Shared) -> Response,
) -> MethodRouter<S> {
    let shared = Arc::clone(shared);
    get(move || std::future::ready(render(&shared)))
}

/// Pages for operators alone.
pub(super) fn admin(shared: &Arc<Shared>) -> Router {
    Router::new().route("/findings", page(shared, findings))
}

pub(super) async fn not_found() -> Response {
    let text = format!("no such page; there are {PATHS}\n");
    (StatusCode::NOT_FOUND, text).into_response()
}

pub(super) async fn no_admin_page() -> Response {
    let text = format!("no such page; there are /findings {PATHS}, and those of the program\n");
    (StatusCode::NOT_FOUND, text).into_response()
}

async fn metrics(shared: Arc<Shared>, query: Option<String>, headers: HeaderMap) -> Response {
    let asked = Representation::negotiate(&joined(&headers, &header::ACCEPT));
    let filter = filter(query.as_deref().unwrap_or_default());
    let compress = gzip::is_accepted(&joined(&headers, &header::ACCEPT_ENCODING));
    // What the checks find is a metric, which has to come up to date somehow.
    shared.health.refresh();
    // A large exposition takes longer than other requests should wait.
    let rendering = tokio::task::spawn_blocking(move || {
        let body = if filter == Filter::all() {
            shared.exposition.render(asked)
        } else {
            shared.exposition.render_filtered(asked, &filter)
        };
        if compress {
            gzip::compress(&body)
        } else {
            body
        }
    });
    let body = match rendering.await {
        Ok(body) => body,
        Err(error) => {
            let text = format!("the exposition failed: {error}\n");
            return (StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
        }
    };
    let headers = [
        (header::CONTENT_TYPE, asked.content_type()),
        (header::VARY, "accept, accept-encoding"),
    ];
    if compress {
        (headers, [(header::CONTENT_ENCODING, "gzip")], body).into_response()
    } else {
        (headers, body).into_response()
    }
}

/// All values of a header that is a list, which may come in several lines.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    values.join(",")
}

fn filter(query: &str) -> Filter {
    Filter::names(
        form_urlencoded::parse(query.as_bytes())
            .filter(|(key, value)| key == "name[]" && !value.is_empty())
            .map(|(_, value)| value.into_owned()),
    )
}

#[derive(Serialize)]
struct Health<'a> {
    status: Status,
    checks: &'a Report,
    version: &'a str,
    uptime: String,
}

async fn health(shared: Arc<Shared>) -> Response {
    let report = shared.health.report().await;
    let status = report.status();
    json(
        code(status),
        &Health {
            status,
            checks: &report,
            version: &shared.service.version,
            uptime: shared.service.uptime().to_string(),
        },
    )
}

/// What a load balancer understands: no work for what cannot do any.
const fn code(status: Status) -> StatusCode {
    match status {
        Status::Healthy | Status::Degraded => StatusCode::OK,
        Status::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[derive(Serialize)]
struct State {
    status: &'static str,
}

fn livez(_: &Shared) -> Response {
    json(StatusCode::OK, &State { status: "alive" })
}

async fn readyz(shared: Arc<Shared>) -> Response {
    let (code, status) = if shared.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else if shared.health.decides_readiness()
        && shared.health.report().await.status() == Status::Unhealthy
    {
        (StatusCode::SERVICE_UNAVAILABLE, "unhealthy")
    } else {
        (StatusCode::OK, "ready")
    };
    json(code, &State { status })
}

fn findings(shared: &Shared) -> Response {
    let mut text = String::new();
    for finding in shared.findings() {
        text.extend([&finding.to_string(), "\n"]);
    }
    if text.is_empty() {
        text.push_str("nothing to report\n");
    }
    text.into_response()
}

#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    version: &'a str,
    uptime: String,
}

fn version(shared: &Shared) -> Response {
    json(
        StatusCode::OK,
        &About {
            name: &shared.service.name,
            version: &shared.service.version,
            uptime: shared.service.uptime().to_string(),
        },
    )
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // Strings and numbers only, which cannot fail.
    let mut body = serde_json::to_string(value).unwrap_or_default();
    body.push('\n');
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}
