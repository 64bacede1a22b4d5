//! An Alertmanager, by its
//! [API](https://prometheus.io/docs/alerting/latest/management_api/).

use super::super::fetch::Client;
use super::super::found::Class;
use super::{Base, Report, UNREACHABLE};

static NOT_READY: Class = Class::error(
    "alertmanager_not_ready",
    "it takes no alerts: look at its log",
);

pub(super) fn verify(client: &Client, base: &Base, report: &mut Report) {
    ready(client, &base.origin, report);
}

/// Whether it takes alerts.
pub(super) fn ready(client: &Client, origin: &str, report: &mut Report) {
    let address = format!("{origin}/-/ready");
    match client.get(&address) {
        Ok(answer) if answer.status == 200 => report.pass(address),
        Ok(answer) => {
            let message = format!("it answers with {}", answer.status);
            report.found.push(NOT_READY.on(&address, message));
        }
        Err(error) => report.found.push(UNREACHABLE.on(&address, error)),
    }
}
