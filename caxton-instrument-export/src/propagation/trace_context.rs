//! `traceparent` and `tracestate`, as the [W3C recommendation][w3c] has them.
//!
//! The propagator of `opentelemetry_sdk` 0.33 takes a `traceparent` with signs
//! or too few digits and one that comes twice, reads only the first
//! `tracestate` of several, and keeps empty and control characters in it.
//!
//! [w3c]: https://www.w3.org/TR/trace-context/

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

use super::meta::{Header, RefusalReason, refused};

pub(super) const PARENT: &str = "traceparent";
pub(super) const STATE: &str = "tracestate";

/// Members that a `tracestate` may have.
const MEMBERS: usize = 32;

/// Characters of a `tracestate` that are passed on.
const PASSED_ON: usize = 512;

/// Members longer than that are the first to go.
const LONG: usize = 128;

/// Characters of a key, and of a value.
const WORD: usize = 256;

/// Reads both headers. Without a sound `traceparent` there is no trace; without
/// a sound `tracestate` there is one without a state.
pub(super) fn read<'a>(
    mut parents: impl Iterator<Item = &'a [u8]>,
    states: impl Iterator<Item = &'a [u8]>,
) -> Option<SpanContext> {
    let first = parents.next()?;
    if parents.next().is_some() {
        refused(Header::Traceparent, RefusalReason::Duplicate);
        return None;
    }
    let Some((trace, span, flags)) = parent(first.trim_ascii()) else {
        refused(Header::Traceparent, RefusalReason::Malformed);
        return None;
    };
    let state = state(states).unwrap_or_else(|reason| {
        refused(Header::Tracestate, reason);
        TraceState::default()
    });
    Some(SpanContext::new(trace, span, flags, true, state))
}

/// As in `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
fn parent(text: &[u8]) -> Option<(TraceId, SpanId, TraceFlags)> {
    let (known, more) = text.split_at_checked(55)?;
    let version = hex::<1>(&known[..2])?;
    let is_known = match version {
        [0xff] => false,
        [0] => more.is_empty(),
        // A later version says more behind another dash.
        _ => matches!(more, [] | [b'-', ..]),
    };
    let dashes = [2, 35, 52].into_iter().all(|at| known[at] == b'-');
    let trace = TraceId::from(u128::from_be_bytes(hex(&known[3..35])?));
    let span = SpanId::from(u64::from_be_bytes(hex(&known[36..52])?));
    let [flags] = hex(&known[53..])?;
    let is_sound = is_known && dashes && trace != TraceId::INVALID && span != SpanId::INVALID;
    is_sound.then(|| (trace, span, TraceFlags::new(flags) & TraceFlags::SAMPLED))
}

/// Lower-case digits and nothing else.
fn hex<const BYTES: usize>(digits: &[u8]) -> Option<[u8; BYTES]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn state<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Result<TraceState, RefusalReason> {
    let mut members: Vec<(&str, &str)> = Vec::new();
    for member in headers.flat_map(|header| header.split(|byte| *byte == b',')) {
        let member = std::str::from_utf8(member).map_err(|_| RefusalReason::Malformed)?;
        let member = member.trim_matches([' ', '\t']);
        if member.is_empty() {
            continue;
        }
        if members.len() == MEMBERS {
            return Err(RefusalReason::TooMany);
        }
        let (key, value) = member.split_once('=').ok_or(RefusalReason::Malformed)?;
        if !is_value(value) || key.is_empty() || key.len() > WORD {
            return Err(RefusalReason::Malformed);
        }
        if members.iter().any(|(other, _)| *other == key) {
            return Err(RefusalReason::Duplicate);
        }
        members.push((key, value));
    }
    if shorten(&mut members) {
        refused(Header::Tracestate, RefusalReason::TooLong);
    }
    // It checks the characters of keys.
    TraceState::from_key_value(members).map_err(|_| RefusalReason::Malformed)
}

fn is_value(value: &str) -> bool {
    let is_visible = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b',' && byte != b'=';
    (1..=WORD).contains(&value.len()) && value.bytes().all(is_visible) && !value.ends_with(' ')
}

/// Takes whole members out, long ones first, then those at the end, until what
/// is left may be passed on.
fn shorten(members: &mut Vec<(&str, &str)>) -> bool {
    let length = |members: &[(&str, &str)]| -> usize {
        members
            .iter()
            .map(|(key, value)| key.len() + value.len() + 2)
            .sum()
    };
    let is_long = |members: &[(&str, &str)]| length(members) > PASSED_ON + 1;
    let mut is_shorter = false;
    while is_long(members) {
        is_shorter = true;
        let long = members
            .iter()
            .rposition(|(key, value)| key.len() + value.len() + 1 > LONG);
        members.remove(long.unwrap_or(members.len() - 1));
    }
    is_shorter
}

/// Both headers of a context; the latter is empty where there is no state.
pub(super) fn write(context: &SpanContext) -> (String, String) {
    let parent = format!(
        "00-{}-{}-{:02x}",
        context.trace_id(),
        context.span_id(),
        context.trace_flags() & TraceFlags::SAMPLED
    );
    let header = context.trace_state().header();
    let mut members: Vec<_> = header
        .split(',')
        .filter_map(|member| member.split_once('='))
        .collect();
    if !shorten(&mut members) {
        return (parent, header);
    }
    refused(Header::Tracestate, RefusalReason::TooLong);
    let members: Vec<_> = members
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    (parent, members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn reads(parents: &[&str], states: &[&str]) -> Option<SpanContext> {
        fn bytes<'a>(all: &'a [&str]) -> impl Iterator<Item = &'a [u8]> {
            all.iter().map(|text| text.as_bytes())
        }
        read(bytes(parents), bytes(states))
    }

    fn reads_state(states: &[&str]) -> String {
        let context = reads(&[SOUND], states).expect("a trace");
        context.trace_state().header()
    }

    #[test]
    fn a_sound_parent_is_taken_and_written_again() {
        let context = reads(&[SOUND], &[]).expect("a trace");
        assert!(context.is_remote() && context.is_sampled());
        assert_eq!(write(&context), (SOUND.to_owned(), String::new()));
        let not_sampled = SOUND.replace("-01", "-00");
        assert!(!reads(&[&not_sampled], &[]).expect("a trace").is_sampled());
        // Flags and versions to come.
        for (found, sampled) in [("-03", true), ("-fe", false), ("-ff", true)] {
            let context = reads(&[&SOUND.replace("-01", found)], &[]).expect("a trace");
            assert_eq!(context.is_sampled(), sampled, "{found}");
        }
        for later in [
            SOUND.replacen("00", "01", 1),
            format!("cc{}-what-else", &SOUND[2..]),
        ] {
            assert!(reads(&[&later], &[]).is_some(), "{later}");
        }
        assert!(reads(&[&format!("  {SOUND}\t")], &[]).is_some());
    }

    #[test]
    fn a_malformed_parent_is_none() {
        let malformed = [
            String::new(),
            "00".to_owned(),
            SOUND.to_uppercase(),
            SOUND.replace("4bf9", "4BF9"),
            SOUND.replace("4bf9", "+bf9"),
            SOUND.replace("4bf9", "4gf9"),
            SOUND.replace("4bf9", "4bé"),
            SOUND.replace('-', "_"),
            SOUND.replacen("00", "ff", 1),
            SOUND.replacen("00", "0", 1),
            SOUND.replacen("00", "0x", 1),
            SOUND.replace("-01", "-1"),
            SOUND.replace("-01", "-+1"),
            SOUND.replace("-01", "-01-"),
            SOUND.replace("-01", "-01-what-else"),
            SOUND.replacen("00", "cc", 1) + ".what-else",
            SOUND.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            SOUND.replace("00f067aa0ba902b7", &"0".repeat(16)),
            SOUND.replace("00f067aa0ba902b7", "f067aa0ba902b7"),
            format!("{SOUND},{SOUND}"),
        ];
        for parent in malformed {
            assert_eq!(reads(&[&parent], &["a=1"]), None, "{parent}");
        }
        assert_eq!(reads(&[SOUND, SOUND], &[]), None);
        assert_eq!(reads(&[], &["a=1"]), None);
    }

    #[test]
    fn a_state_is_put_together_and_checked() {
        assert_eq!(reads_state(&["a=1,b=2", "c=3"]), "a=1,b=2,c=3");
        assert_eq!(reads_state(&[" a=1 ,\t,b= 2 x", ""]), "a=1,b= 2 x");
        assert_eq!(
            reads_state(&["tenant@system=1,0a_-*/=x"]),
            "tenant@system=1,0a_-*/=x"
        );
        for malformed in [
            "a", "a=", "=1", "A=1", "a=1=2", "a=é", "a=\u{1}", "a b=1", "a=1,a=2",
        ] {
            assert_eq!(reads_state(&[malformed]), "", "{malformed}");
        }
        let members =
            |count: usize| -> Vec<String> { (0..count).map(|n| format!("k{n}=v")).collect() };
        assert_eq!(
            reads_state(&[&members(32).join(",")]),
            members(32).join(",")
        );
        assert_eq!(reads_state(&[&members(33).join(",")]), "");
        let word = |length| "x".repeat(length);
        assert_eq!(reads_state(&[&format!("{}=1", word(257))]), "");
        assert_eq!(reads_state(&[&format!("a={}", word(257))]), "");
    }

    #[test]
    fn long_members_go_first_and_then_the_last() {
        let member = |key: &str, length: usize| format!("{key}={}", "x".repeat(length - 2));
        let exact = [
            member("a", 100),
            member("b", 100),
            member("c", 100),
            member("d", 209),
        ];
        assert_eq!(exact.join(",").len(), 512);
        assert_eq!(reads_state(&[&exact.join(",")]), exact.join(","));
        let more = format!("{},e=1", exact.join(","));
        assert_eq!(
            reads_state(&[&more]),
            format!("{},e=1", exact[..3].join(","))
        );
        let short: Vec<_> = ["a", "b", "c", "d", "e", "f"]
            .map(|key| member(key, 110))
            .to_vec();
        assert_eq!(reads_state(&[&short.join(",")]), short[..4].join(","));
    }
}
