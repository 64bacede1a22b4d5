//! Texts of declarations where Grafana would take parts of them for variables,
//! Markdown or HTML.

use crate::catalog::{prose, sentence};

/// Shows nothing, and parts a `$` from what would be a variable's name. Grafana
/// has [no escape](https://github.com/grafana/grafana/issues/40603).
const WORD_JOINER: char = '\u{2060}';

/// A text on one line, without variables: a title.
pub(super) fn title(text: &str) -> String {
    without_variables(&sentence(text))
}

/// An address without variables: what would begin one is written as its code.
pub(super) fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for letter in url.chars() {
        match letter {
            '$' => out.push_str("%24"),
            '[' => out.push_str("%5B"),
            letter if letter.is_whitespace() => out.push_str("%20"),
            letter => out.push(letter),
        }
    }
    out
}

/// A text in Markdown, without variables, markup of its own or HTML: a
/// description.
pub(super) fn description(paragraphs: &str) -> String {
    let paragraphs: Vec<_> = paragraphs
        .split("\n\n")
        .map(prose)
        .filter(|text| !text.is_empty())
        .collect();
    without_variables(&paragraphs.join("\n\n"))
}

/// What the first sentence of a help text is about, without what it is split
/// by, without its full stop and its markup.
pub(super) fn subject(help: &str) -> String {
    let help = plain(&sentence(help));
    let ends = [". ", "; ", ", by "].map(|end| help.find(end));
    let end = ends.into_iter().flatten().min().unwrap_or(help.len());
    title(help[..end].trim_end_matches('.'))
}

/// Links as their text, code without its marks.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((shown, behind)) = link.split_once("](") else {
            break;
        };
        let Some((_, after)) = behind.split_once(')') else {
            break;
        };
        out.push_str(before);
        out.push_str(shown);
        rest = after;
    }
    out.push_str(rest);
    out.replace('`', "")
}

fn without_variables(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '[' && out.ends_with('[') {
            out.push(WORD_JOINER);
        }
        out.push(letter);
        if letter == '$' {
            out.push(WORD_JOINER);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{address, description, subject, title};

    #[test]
    fn a_title_holds_no_variable() {
        assert_eq!(title("a\n $job"), "a $\u{2060}job");
        assert_eq!(title("${job} [[job]]"), "$\u{2060}{job} [\u{2060}[job]]");
    }

    #[test]
    fn an_address_holds_no_variable() {
        assert_eq!(
            address("https://x.org/$job?a=[[b]]#c d"),
            "https://x.org/%24job?a=%5B%5Bb]]#c%20d"
        );
    }

    #[test]
    fn a_description_holds_no_markup() {
        assert_eq!(
            description("`a` </script>\n\n$job [x](y)"),
            "`a` &lt;/script&gt;\n\n\\$\u{2060}job \\[x\\](y)"
        );
    }

    #[test]
    fn a_title_is_of_a_sentence() {
        let cases = [
            ("Time in the queue.", "Time in the queue"),
            ("Attempts. One may fail.", "Attempts"),
            ("Work that ended, by outcome.", "Work that ended"),
            ("Time; its rate is the load.", "Time"),
            ("What [`X`](https://x.org/a.b) says.", "What X says"),
            ("A [ alone", "A [ alone"),
            ("[a]($job)", "a"),
            ("", ""),
        ];
        for (help, expected) in cases {
            assert_eq!(subject(help), expected);
        }
    }
}
