//! Names of dashboards: in addresses and files, the same for the same
//! declaration, whatever other crates declare.

use std::collections::BTreeMap;

use caxton_instrument::SetDescriptor;

/// The longest identifier that Grafana takes.
const LONGEST: usize = 40;

/// Letters, digits and `-`: `MailSent` and `mail_sent` are `mail-sent`.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    let mut after_lower = false;
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            if letter.is_ascii_uppercase() && after_lower {
                out.push('-');
            }
            out.push(letter.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
        after_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// The identifier of a dashboard, unique in a Grafana that has those of other
/// programs too.
pub(super) fn uid(deployment: &str, name: &str) -> String {
    let whole = slug(&format!("{deployment} {name}"));
    let is_plain = slug(deployment) == deployment && whole.len() <= LONGEST;
    if is_plain {
        return whole;
    }
    let hash = format!("{:016x}", fingerprint(&format!("{deployment}\0{name}")));
    let start: String = whole.chars().take(LONGEST - hash.len() - 1).collect();
    format!("{}-{hash}", start.trim_end_matches('-'))
}

/// The name of each set's dashboard: its crate and its type; where a crate has
/// several of a name, the module.
pub(super) fn of_sets(sets: &[&'static SetDescriptor]) -> Vec<String> {
    let spellings: [fn(&SetDescriptor) -> String; 2] = [
        |set| slug(&format!("{} {}", set.location.krate, set.name)),
        |set| slug(&format!("{} {}", set.location.module, set.name)),
    ];
    let mut names: Vec<Option<String>> = vec![None; sets.len()];
    for spelling in spellings {
        let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, set) in sets.iter().enumerate() {
            found.entry(spelling(set)).or_default().push(at);
        }
        for (name, places) in found {
            if let [only] = places[..]
                && names[only].is_none()
                && !names.iter().flatten().any(|it| *it == name)
            {
                names[only] = Some(name);
            }
        }
    }
    names
        .into_iter()
        .zip(sets)
        .map(|(name, set)| {
            // A macro may declare two in one module: then by their metrics.
            name.unwrap_or_else(|| {
                let metrics: Vec<_> = set.metrics.iter().map(|it| it.name).collect();
                let hash = fingerprint(&metrics.join("\0"));
                slug(&format!("{} {hash:016x}", set.name))
            })
        })
        .collect()
}

/// [FNV-1a](https://datatracker.ietf.org/doc/html/draft-eastlake-fnv), which
/// stays what it is.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use caxton_instrument::{Location, SetDescriptor};

    use super::{of_sets, slug, uid};

    #[test]
    fn a_name_is_fit_for_addresses() {
        let cases = [
            ("MailMetrics", "mail-metrics"),
            ("HTTPMetrics", "httpmetrics"),
            ("mail::sent", "mail-sent"),
            ("--a$b--", "a-b"),
        ];
        for (text, expected) in cases {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert_eq!(uid("shop", "overview"), "shop-overview");
        let long = uid("shop", &"a".repeat(60));
        assert_eq!(long.len(), 40);
        assert_ne!(long, uid("shop", &"a".repeat(61)));
        // These two would be one.
        assert_ne!(uid("a/b", "c"), uid("a$b", "c"));
    }

    #[test]
    fn sets_of_one_name_have_dashboards_of_their_own() {
        const fn set(krate: &'static str, module: &'static str) -> SetDescriptor {
            let place = Location::new("src/lib.rs", 1, 1, module, krate, "1.0.0");
            SetDescriptor::new("AgentMetrics", place)
        }
        static SETS: [SetDescriptor; 4] = [
            set("mail", "mail"),
            set("shop", "shop::a"),
            set("shop", "shop::b"),
            SetDescriptor::new(
                "Other",
                Location::new("src/lib.rs", 1, 1, "shop", "shop", "1.0.0"),
            ),
        ];
        let sets: Vec<_> = SETS.iter().collect();
        assert_eq!(
            of_sets(&sets),
            [
                "mail-agent-metrics",
                "shop-a-agent-metrics",
                "shop-b-agent-metrics",
                "shop-other"
            ]
        );
    }
}
