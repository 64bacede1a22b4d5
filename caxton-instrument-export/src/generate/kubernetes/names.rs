//! Names that Kubernetes takes.

/// The longest name of a resource that is also a label's value
/// ([the rules](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)).
const LONGEST: usize = 63;

/// A name as a DNS label: small letters, digits and `-`, a letter first.
pub(in crate::generate) fn resource_name(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_lowercase() || (letter.is_ascii_digit() && !out.is_empty()) {
            out.push(letter);
        } else if letter.is_ascii_digit() {
            out.extend(['n', letter]);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= LONGEST {
            break;
        }
    }
    out.truncate(LONGEST);
    let trimmed = out.trim_end_matches('-');
    if trimmed.is_empty() {
        String::from("unnamed")
    } else {
        trimmed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::resource_name;

    #[test]
    fn a_name_is_one_that_kubernetes_takes() {
        for (name, expected) in [
            ("caxton", "caxton"),
            ("My Shop_2", "my-shop-2"),
            ("2nd", "n2nd"),
            ("--a--", "a"),
            ("", "unnamed"),
            ("…", "unnamed"),
            ("a\": {b", "a-b"),
        ] {
            assert_eq!(resource_name(name), expected);
        }
        assert_eq!(resource_name(&"ab-".repeat(50)).len(), 62);
    }
}
