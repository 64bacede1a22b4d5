//! An Alertmanager, by its
//! [API](https://prometheus.io/docs/alerting/latest/management_api/).

use super::super::fetch::{Answer, Client};
use super::super::found::Class;
use super::{Base, Report, UNREACHABLE};

static NOT_READY: Class = Class::error(
    "alertmanager_not_ready",
    "it takes no alerts: look at its log",
);

const READY: &str = "/-/ready";

pub(super) fn verify(client: &Client, base: &Base, report: &mut Report) {
    let address = base.at(READY);
    told(client.get(&address), &address, report);
}

/// Whether one takes alerts that a Prometheus named: it is not sent what was
/// given for the other.
pub(super) fn named(client: &Client, origin: &str, report: &mut Report) {
    let address = format!("{origin}{READY}");
    told(client.get_openly(&address), &address, report);
}

fn told(answer: Result<Answer, String>, address: &str, report: &mut Report) {
    match answer {
        Ok(answer) if answer.status == 200 => report.pass(address.into()),
        Ok(answer) => {
            let message = format!("it answers with {}", answer.status);
            report.found.push(NOT_READY.on(address, message));
        }
        Err(error) => report.found.push(UNREACHABLE.on(address, error)),
    }
}
