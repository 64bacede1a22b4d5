//! What each path answers. `GET` and `HEAD` only.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Serialize;

use super::gzip;
use crate::exposition::{Filter, Representation};
use crate::telemetry::Shared;

/// Every path, for the page that answers any other.
const PATHS: &str = "/metrics /health /livez /readyz /version";

pub(crate) fn router<S: Clone + Send + Sync + 'static>(shared: &Arc<Shared>) -> Router<S> {
    let scraped = Arc::clone(shared);
    Router::new()
        .route(
            "/metrics",
            get(move |RawQuery(query): RawQuery, headers: HeaderMap| {
                metrics(Arc::clone(&scraped), query, headers)
            }),
        )
        .route("/health", page(shared, health))
        .route("/livez", page(shared, livez))
        .route("/readyz", page(shared, readyz))
        .route("/version", page(shared, version))
}

fn page<S: Clone + Send + Sync + 'static>(
    shared: &Arc<Shared>,
    render: fn(&Shared) -> Response,
) -> MethodRouter<S> {
    let shared = Arc::clone(shared);
    get(move || std::future::ready(render(&shared)))
}

pub(super) async fn not_found() -> Response {
    let text = format!("no such page; there are {PATHS}\n");
    (StatusCode::NOT_FOUND, text).into_response()
}

async fn metrics(shared: Arc<Shared>, query: Option<String>, headers: HeaderMap) -> Response {
    let asked = Representation::negotiate(&joined(&headers, &header::ACCEPT));
    let filter = filter(query.as_deref().unwrap_or_default());
    let compress = gzip::is_accepted(&joined(&headers, &header::ACCEPT_ENCODING));
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
    status: &'static str,
    checks: BTreeMap<&'a str, Check>,
    version: &'a str,
    uptime: String,
}

#[derive(Serialize)]
struct Check {
    status: &'static str,
    latency_ms: u64,
}

fn health(shared: &Shared) -> Response {
    json(
        StatusCode::OK,
        &Health {
            status: "healthy",
            checks: BTreeMap::new(),
            version: &shared.service.version,
            uptime: shared.service.uptime().to_string(),
        },
    )
}

#[derive(Serialize)]
struct State {
    status: &'static str,
}

fn livez(_: &Shared) -> Response {
    json(StatusCode::OK, &State { status: "alive" })
}

fn readyz(shared: &Shared) -> Response {
    if shared.is_draining() {
        json(
            StatusCode::SERVICE_UNAVAILABLE,
            &State { status: "draining" },
        )
    } else {
        json(StatusCode::OK, &State { status: "ready" })
    }
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
