//! Names for where few characters are allowed.

/// The most that a
/// [DNS label](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names)
/// has.
const LONGEST: usize = 63;

/// A text as a DNS label: letters in lower case, digits, and a hyphen for what is
/// neither; `app` where nothing is left.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_alphanumeric() {
            out.push(letter);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() == LONGEST {
            break;
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    if out.is_empty() {
        out.push_str("app");
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_slug_is_a_dns_label() {
        for (text, slug) in [
            ("shop", "shop"),
            ("Shop API_v2", "shop-api-v2"),
            ("../../etc/passwd", "etc-passwd"),
            ("*{}\n\"", "app"),
            ("", "app"),
            ("a--b-", "a-b"),
        ] {
            assert_eq!(super::slug(text), slug, "{text:?}");
        }
        let long = super::slug(&"x-".repeat(100));
        assert!(long.len() <= 63 && !long.ends_with('-'), "{long}");
    }
}
