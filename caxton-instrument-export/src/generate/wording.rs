//! What people are told, in
//! [Prometheus's templates](https://prometheus.io/docs/prometheus/3.5/configuration/template_reference/).

use caxton_instrument::Unit;
use caxton_instrument::alert::{Piece, pieces};
use caxton_instrument::query::Dimension;

use crate::promql::{self, Route};

/// A text that is told as it stands.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    literal(&mut out, text);
    out
}

/// A text with labels and the value filled in when the alert fires.
pub(super) fn template(text: &str, dimension: Dimension, route: &Route) -> String {
    let mut out = String::new();
    // Texts that follow each other, escaped as one.
    let mut text_so_far = String::new();
    for piece in pieces(text) {
        let action = match piece {
            Piece::Label(name) if is_name(name) => {
                format!("{{{{ $labels.{} }}}}", route.label(name))
            }
            Piece::Value => String::from(value(dimension)),
            Piece::Label(other) => {
                text_so_far.extend(["{", other, "}"]);
                continue;
            }
            Piece::Text(text) => {
                text_so_far.push_str(text);
                continue;
            }
            _ => continue,
        };
        literal(&mut out, &text_so_far);
        text_so_far.clear();
        out.push_str(&action);
    }
    literal(&mut out, &text_so_far);
    out
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text that starts no action of the template, nor does with what follows it.
fn literal(out: &mut String, text: &str) {
    // In quotes, nothing in it looks like an action to who reads the file.
    if text.contains("{{") || text.contains("}}") {
        out.push_str("{{ ");
        promql::text(out, text);
        out.push_str(" }}");
        return;
    }
    match text.strip_suffix('{') {
        Some(before) => {
            out.push_str(before);
            out.push_str(r#"{{ "{" }}"#);
        }
        None => out.push_str(text),
    }
}

/// The value in its unit, as people read it.
const fn value(dimension: Dimension) -> &'static str {
    match (dimension.unit(), dimension.is_per_second()) {
        (Unit::Ratio, _) => "{{ $value | humanizePercentage }}",
        (Unit::Seconds, false) => "{{ $value | humanizeDuration }}",
        (Unit::Bytes, false) => "{{ $value | humanize1024 }}B",
        (Unit::Bytes, true) => "{{ $value | humanize1024 }}B/s",
        (Unit::Meters, false) => "{{ $value | humanize }}m",
        (Unit::Joules, false) => "{{ $value | humanize }}J",
        (Unit::Joules, true) => "{{ $value | humanize }}W",
        (Unit::Grams, false) => "{{ $value | humanize }}g",
        (Unit::Celsius, false) => "{{ $value | humanize }}°C",
        (Unit::Volts, false) => "{{ $value | humanize }}V",
        (Unit::Amperes, false) => "{{ $value | humanize }}A",
        (Unit::Hertz, false) => "{{ $value | humanize }}Hz",
        (_, true) => "{{ $value | humanize }}/s",
        _ => "{{ $value | humanize }}",
    }
}

#[cfg(test)]
mod tests {
    use caxton_instrument::Unit;
    use caxton_instrument::query::Dimension;

    use crate::promql::Route;

    #[test]
    fn labels_and_the_value_are_filled_in() {
        let text = super::template(
            "{agent_type}: {value} fail",
            Dimension::RATIO,
            &Route::Scrape,
        );
        assert_eq!(
            text,
            "{{ $labels.agent_type }}: {{ $value | humanizePercentage }} fail"
        );
        let text = super::template(
            "{value} a request",
            Dimension::of(Unit::Bytes),
            &Route::Scrape,
        );
        assert_eq!(text, "{{ $value | humanize1024 }}B a request");
    }

    #[test]
    fn a_text_starts_no_action() {
        let text = super::template(
            "a {{ query \"up\" }} b {x y}",
            Dimension::COUNT,
            &Route::Scrape,
        );
        assert_eq!(text, r#"{{ "a {{ query \"up\" }} b {x y}" }}"#);
        let text = super::template("{{{ a", Dimension::COUNT, &Route::Scrape);
        assert_eq!(text, r#"{{ "{{{ a" }}"#);
        let text = super::plain("a }} {{{\n");
        assert_eq!(text, r#"{{ "a }} {{{\n" }}"#);
        assert_eq!(super::plain("a {"), r#"a {{ "{" }}"#);
    }
}
