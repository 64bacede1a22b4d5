//! What a program exposes, read back: the
//! [text format](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format)
//! 0.0.4 and 1.0.0, and
//! [OpenMetrics 1.0](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md),
//! of our programs or any other.
//!
//! ```text
//! line  one line: a name, labels, a number
//! ```
//!
//! ```
//! use caxton_instrument_export::scrape::Scrape;
//!
//! let scrape = Scrape::parse("# TYPE up gauge\nup{job=\"shop\"} 1\n")?;
//! assert_eq!(scrape.families["up"].samples[0].value, 1.0);
//!
//! let mistake = Scrape::parse("up{job=shop} 1\n").unwrap_err();
//! assert_eq!(mistake.to_string(), "line 1: the value of label `job` is not in quotes");
//! # Ok::<(), caxton_instrument_export::scrape::Mistake>(())
//! ```

mod line;

use std::collections::{BTreeMap, BTreeSet};

use line::Line;

/// An exposition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scrape {
    /// Metric families by the name that their type is stated for; a sample
    /// without one is a family of its own.
    pub families: BTreeMap<String, Family>,
}

/// A metric family.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Family {
    /// The type, as it stands; `None` where there is no line of it.
    pub kind: Option<String>,
    /// The help text, without escapes.
    pub help: Option<String>,
    /// The unit, which only OpenMetrics states.
    pub unit: Option<String>,
    /// Its samples, in their order.
    pub samples: Vec<Sample>,
}

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The whole name, with what a type adds, such as `_bucket`.
    pub name: String,
    /// Its labels, `le` and `quantile` among them.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

/// The first line that is none of the format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Mistake {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl Scrape {
    /// Reads a whole exposition.
    ///
    /// # Errors
    ///
    /// The first mistake: a line that is none, a type that is stated twice or
    /// behind samples, a series that is there twice, text behind `# EOF`.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let mut scrape = Self::default();
        let mut seen = BTreeSet::new();
        let mut ended = false;
        for (at, text) in text.lines().enumerate() {
            let wrong = |message| Mistake {
                line: at + 1,
                message,
            };
            if ended {
                return Err(wrong(String::from("there is text behind `# EOF`")));
            }
            match line::parse(text).map_err(wrong)? {
                Line::Empty => {}
                Line::End => ended = true,
                Line::Type(name, kind) => scrape.state(&name, kind).map_err(wrong)?,
                Line::Help(name, help) => scrape.family(name).help = Some(help),
                Line::Unit(name, unit) => scrape.family(name).unit = Some(unit),
                Line::Sample(sample) => {
                    if !seen.insert((sample.name.clone(), sample.labels.clone())) {
                        let message = format!("`{}` is there twice with these labels", sample.name);
                        return Err(wrong(message));
                    }
                    let family = scrape.family_of(&sample.name);
                    scrape.family(family).samples.push(sample);
                }
            }
        }
        Ok(scrape)
    }

    fn family(&mut self, name: String) -> &mut Family {
        self.families.entry(name).or_default()
    }

    fn state(&mut self, name: &str, kind: String) -> Result<(), String> {
        let family = self.families.entry(name.into()).or_default();
        if family.kind.is_some() {
            return Err(format!("the type of `{name}` is stated twice"));
        }
        if !family.samples.is_empty() {
            return Err(format!("the type of `{name}` is stated behind its samples"));
        }
        family.kind = Some(kind);
        Ok(())
    }

    /// The family that a sample of this name is of.
    fn family_of(&self, sample: &str) -> String {
        let typed = |name: &str| self.families.get(name).and_then(|it| it.kind.as_deref());
        if typed(sample).is_none() {
            for (kind, suffixes) in SUFFIXES {
                for suffix in suffixes {
                    if let Some(name) = sample.strip_suffix(suffix)
                        && typed(name) == Some(kind)
                    {
                        return name.into();
                    }
                }
            }
        }
        sample.into()
    }
}

/// What samples of a type have behind the family's name.
const SUFFIXES: [(&str, &[&str]); 5] = [
    ("histogram", &["_bucket", "_count", "_sum", "_created"]),
    (
        "gaugehistogram",
        &["_bucket", "_gcount", "_gsum", "_created"],
    ),
    ("summary", &["_count", "_sum", "_created"]),
    ("counter", &["_total", "_created"]),
    ("info", &["_info"]),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test says what it expects")]

    use super::*;

    #[test]
    fn families_have_their_samples() {
        let text = "\
# A comment.
# HELP shop_wait_seconds Time \\\\ of\\na customer.
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{le=\"0.5\"} 1
shop_wait_seconds_bucket{le=\"+Inf\",} 2 1395066363000
shop_wait_seconds_sum 1.5e0
shop_wait_seconds_count\t2

#TYPE spaced   gauge
spaced { a = \"b\" , c = \"\\\"\\n\\\\\" }   NaN
{\"größe\",\"a b\"=\"c\"} -Inf
untyped 3
";
        let scrape = Scrape::parse(text).expect("it is right");
        let wait = &scrape.families["shop_wait_seconds"];
        assert_eq!(wait.kind.as_deref(), Some("histogram"));
        assert_eq!(wait.help.as_deref(), Some("Time \\ of\na customer."));
        assert_eq!(wait.samples.len(), 4);
        let spaced = &scrape.families["spaced"].samples[0];
        assert_eq!(spaced.labels["c"], "\"\n\\");
        assert!(spaced.value.is_nan());
        assert_eq!(scrape.families["größe"].samples[0].labels["a b"], "c");
        assert_eq!(scrape.families["untyped"].kind, None);
    }

    #[test]
    fn open_metrics_has_exemplars_units_and_an_end() {
        let text = "\
# TYPE shop_orders counter
# UNIT shop_orders orders
shop_orders_total{way=\"a # b\"} 2 # {trace_id=\"1\"} 1 1.5
shop_orders_created{way=\"a # b\"} 1.5e9
# TYPE shop_build info
shop_build_info{version=\"1\"} 1
# EOF
";
        let scrape = Scrape::parse(text).expect("it is right");
        let orders = &scrape.families["shop_orders"];
        assert_eq!(orders.unit.as_deref(), Some("orders"));
        assert_eq!(orders.samples.len(), 2);
        assert_eq!(orders.samples[0].labels["way"], "a # b");
        assert_eq!(scrape.families["shop_build"].samples.len(), 1);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let cases = [
            ("ok 1\nup", "line 2: `up` has no value"),
            ("up one", "line 1: `one` is no number"),
            ("up 1 soon", "line 1: `soon` is no time"),
            ("up 1 2 3", "line 1: there is text behind the sample"),
            (
                "up{a=1} 1",
                "line 1: the value of label `a` is not in quotes",
            ),
            ("up{a=\"1} 1", "line 1: a text in quotes does not end"),
            (
                "up{a=\"\\q\"} 1",
                "line 1: a text has an escape that is none: `\\q`",
            ),
            (
                "up{a=\"1\" b=\"2\"} 1",
                "line 1: no comma or brace behind label `a`",
            ),
            ("up{a=\"1\",a=\"2\"} 1", "line 1: label `a` is there twice"),
            ("up{\"a\"} 1", "line 1: a second name, `a`"),
            ("{a=\"1\"} 1", "line 1: a sample without a name"),
            ("1up 1", "line 1: `1up` is no name"),
            (
                "up 1\nup 2",
                "line 2: `up` is there twice with these labels",
            ),
            ("# TYPE up", "line 1: the type of `up` is not said"),
            (
                "# TYPE up gauge\n# TYPE up gauge",
                "line 2: the type of `up` is stated twice",
            ),
            (
                "up 1\n# TYPE up gauge",
                "line 2: the type of `up` is stated behind its samples",
            ),
            ("# EOF\nup 1", "line 2: there is text behind `# EOF`"),
            ("<html>", "line 1: `<html>` is no name"),
        ];
        for (text, expected) in cases {
            let mistake = Scrape::parse(text).expect_err(text);
            assert_eq!(mistake.to_string(), expected, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever comes, it is read or refused.
        #[test]
        fn nothing_panics(text in "([a-z_]{0,3}|[{}\"\\\\=, #\n]|[0-9.]{0,3}|TYPE|HELP|é){0,40}") {
            let _ = Scrape::parse(&text);
        }
    }
}
