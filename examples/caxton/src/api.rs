//! The orchestrator over HTTP.
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/agents` | every agent |
//! | `POST /api/agents` with `{"agent_type": ".."}` | 201 and the agent |
//! | `GET /api/agents/{id}` | one agent |
//! | `DELETE /api/agents/{id}` | 204, when it is gone |
//! | `POST /api/agents/{id}/messages` with `{"performative": "..", "content": ".."}` | what is replied |

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::conversation::Message;
use crate::directory::AgentInfo;
use crate::metrics::measured;
use crate::orchestrator::{CreateError, NoSuchAgent, Orchestrator};
use crate::performative::Performative;
use crate::trace;

/// Replies beyond so many bytes are left out.
const MAX_REPLIES: usize = 1 << 20;

/// The API as a router, to merge into an application's own. A request goes on
/// with the trace that its header `traceparent` names, and so do the agents that
/// work on it.
pub fn router(orchestrator: Orchestrator) -> Router {
    let api = Router::new()
        .route("/api/agents", get(list).post(create))
        .route("/api/agents/{id}", get(show).delete(stop))
        .route("/api/agents/{id}/messages", post(send))
        .fallback(not_found)
        .with_state(orchestrator);
    // Pages that are merged with it are not requests to the API.
    trace::served(measured(api))
}

#[derive(Serialize)]
struct AgentBody {
    id: String,
    agent_type: String,
    waiting: usize,
}

#[derive(Deserialize)]
struct CreateBody {
    agent_type: String,
}

#[derive(Deserialize)]
struct SendBody {
    #[serde(default = "request")]
    performative: String,
    #[serde(default)]
    content: String,
}

fn request() -> String {
    Performative::Request.to_string()
}

#[derive(Serialize)]
struct ConversationBody {
    conversation_id: String,
    replies: Vec<ReplyBody>,
    /// Whether replies are left out, because they are too long.
    truncated: bool,
}

#[derive(Serialize)]
struct ReplyBody {
    performative: String,
    from: String,
    content: String,
}

/// What a request came to instead.
struct Problem(StatusCode, String);

#[derive(Serialize)]
struct Wrong {
    error: String,
}

async fn not_found() -> Problem {
    let text =
        "no such page; there are /api/agents, /api/agents/{id} and /api/agents/{id}/messages";
    Problem(StatusCode::NOT_FOUND, String::from(text))
}

async fn list(State(orchestrator): State<Orchestrator>) -> Json<Vec<AgentBody>> {
    Json(
        orchestrator
            .list()
            .into_iter()
            .map(AgentBody::from)
            .collect(),
    )
}

async fn create(
    State(orchestrator): State<Orchestrator>,
    Json(create): Json<CreateBody>,
) -> Result<(StatusCode, Json<AgentBody>), Problem> {
    let agent = orchestrator.create(&create.agent_type)?;
    Ok((StatusCode::CREATED, Json(agent.into())))
}

async fn show(
    State(orchestrator): State<Orchestrator>,
    Path(id): Path<String>,
) -> Result<Json<AgentBody>, Problem> {
    Ok(Json(find(&orchestrator, id)?.into()))
}

async fn stop(
    State(orchestrator): State<Orchestrator>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    orchestrator.stop(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Waits until the conversation has ended.
async fn send(
    State(orchestrator): State<Orchestrator>,
    Path(id): Path<String>,
    Json(send): Json<SendBody>,
) -> Result<(StatusCode, Json<ConversationBody>), Problem> {
    let performative: Performative = send
        .performative
        .parse()
        .map_err(|error| Problem(StatusCode::BAD_REQUEST, format!("{error}")))?;
    let agent = find(&orchestrator, id)?;
    let content = send.content.into_bytes();
    let ask = orchestrator.ask(&agent.id, performative, content, Duration::ZERO);
    let mut replies = ask.await;
    let mut conversation = ConversationBody {
        conversation_id: replies.conversation(),
        replies: Vec::new(),
        truncated: false,
    };
    let mut size = 0;
    let collected = async {
        while let Some(reply) = replies.next().await {
            size += reply.content.len() + size_of::<ReplyBody>();
            if size <= MAX_REPLIES {
                conversation.replies.push(reply.into());
            } else {
                conversation.truncated = true;
            }
        }
    };
    let in_time = tokio::time::timeout(orchestrator.limits().deadline, collected).await;
    let refuse = Performative::Refuse.to_string();
    let code = match &conversation.replies[..] {
        _ if in_time.is_err() => StatusCode::GATEWAY_TIMEOUT,
        [only] if only.performative == refuse => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    Ok((code, Json(conversation)))
}

fn find(orchestrator: &Orchestrator, id: String) -> Result<AgentInfo, NoSuchAgent> {
    let mut agents = orchestrator.list().into_iter();
    agents.find(|agent| *agent.id == *id).ok_or(NoSuchAgent(id))
}

impl From<AgentInfo> for AgentBody {
    fn from(info: AgentInfo) -> Self {
        Self {
            id: info.id.to_string(),
            agent_type: info.agent_type,
            waiting: info.waiting,
        }
    }
}

impl From<Message> for ReplyBody {
    fn from(message: Message) -> Self {
        Self {
            performative: message.performative.to_string(),
            from: message.from.to_string(),
            content: String::from_utf8_lossy(&message.content).into_owned(),
        }
    }
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        let code = match error {
            CreateError::UnknownType { .. } => StatusCode::BAD_REQUEST,
            CreateError::Single(_) => StatusCode::CONFLICT,
            CreateError::TooMany | CreateError::Start(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self(code, error.to_string())
    }
}

impl From<NoSuchAgent> for Problem {
    fn from(error: NoSuchAgent) -> Self {
        Self(StatusCode::NOT_FOUND, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(Wrong { error: self.1 })).into_response()
    }
}
