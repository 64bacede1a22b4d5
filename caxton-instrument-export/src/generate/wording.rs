//! What people are told, in
//! [Prometheus's templates](https://prometheus.io/docs/prometheus/3.5/configuration/template_reference/).

use caxton_instrument::Unit;
use caxton_instrument::alert::{Piece, pieces};
use caxton_instrument::query::Dimension;

/// A text with labels and the value filled in when the alert fires.
pub(super) fn template(text: &str, dimension: Dimension) -> String {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Label(name) if is_name(name) => {
                out.push_str("{{ $labels.");
                out.push_str(name);
                out.push_str(" }}");
            }
            Piece::Label(other) => literal(&mut out, &format!("{{{other}}}")),
            Piece::Value => out.push_str(value(dimension)),
            Piece::Text(text) => literal(&mut out, text),
            _ => {}
        }
    }
    out
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text that is no template, for where one is expected.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    literal(&mut out, text);
    out
}

/// A text that starts no action of the template.
fn literal(out: &mut String, text: &str) {
    out.push_str(&text.replace("{{", r#"{{ "{{" }}"#));
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

    #[test]
    fn labels_and_the_value_are_filled_in() {
        let text = super::template("{agent_type}: {value} fail", Dimension::RATIO);
        assert_eq!(
            text,
            "{{ $labels.agent_type }}: {{ $value | humanizePercentage }} fail"
        );
        let text = super::template("{value} a request", Dimension::of(Unit::Bytes));
        assert_eq!(text, "{{ $value | humanize1024 }}B a request");
    }

    #[test]
    fn a_text_starts_no_action() {
        let text = super::template("a {{ query \"up\" }} b {x y}", Dimension::COUNT);
        assert!(!text.contains("{{ query"), "{text}");
    }
}
