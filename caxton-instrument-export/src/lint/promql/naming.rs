//! NAM: names of recorded series and of alerts.
//!
//! Why: a recorded name says which labels are left and what was done, so that
//! who reads it need not look for the rule; see
//! [the naming of recording rules](https://prometheus.io/docs/practices/rules/#naming).

use super::fault;
use crate::lint::{Class, Fault};

/// The faults of a recorded series' name.
///
/// ```
/// use caxton_instrument_export::lint::promql::check_record_name;
///
/// assert_eq!(check_record_name("job:mailer_messages_sent:rate5m"), []);
/// assert_eq!(check_record_name("mailer_rate").len(), 1);
/// ```
#[must_use]
pub fn check_record_name(name: &str) -> Vec<Fault> {
    let parts: Vec<_> = name.split(':').collect();
    let is_word = |part: &str| {
        part.bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    let message = match () {
        () if name.is_empty() || !parts.iter().all(|it| is_word(it)) => {
            format!("`{name}` is no metric name")
        }
        () if parts.len() < 2 => {
            format!("`{name}` does not tell a recorded series from a metric of a program")
        }
        () if parts[1].is_empty() => format!("`{name}` does not say which metric it is of"),
        () => return Vec::new(),
    };
    vec![fault(
        Class::Nam,
        0..name.len(),
        message,
        "write `level:metric:operations`, such as `job:http_requests:rate5m`",
    )]
}

/// The faults of an alert's name.
///
/// ```
/// use caxton_instrument_export::lint::promql::check_alert_name;
///
/// assert_eq!(check_alert_name("QueueIsFull"), []);
/// assert_eq!(check_alert_name("queue is full").len(), 1);
/// ```
#[must_use]
pub fn check_alert_name(name: &str) -> Vec<Fault> {
    let is_camel = name.starts_with(|it: char| it.is_ascii_uppercase())
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    if is_camel {
        return Vec::new();
    }
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let camel: String = words
        .filter_map(|word| {
            let first = word.chars().next()?;
            Some(format!(
                "{}{}",
                first.to_ascii_uppercase(),
                &word[first.len_utf8()..]
            ))
        })
        .collect();
    let remedy = if camel.is_empty() {
        String::from("write a name such as `QueueIsFull`")
    } else {
        format!("write `{camel}`")
    };
    vec![fault(
        Class::Nam,
        0..name.len(),
        format!("`{name}` is not written as alerts are: routes and silences name it"),
        remedy,
    )]
}
