//! The options of `#[label(..)]` on an enum and on its variants.

use syn::{Attribute, Error, LitStr, Path, Result};

use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{idents, messages, words};

/// How a variant's name becomes its value.
#[derive(Clone, Copy)]
pub(super) enum Case {
    Snake,
    Kebab,
    ScreamingSnake,
    ScreamingKebab,
    Lower,
    Upper,
    Camel,
    Pascal,
}

const CASES: &[(&str, Case)] = &[
    ("snake_case", Case::Snake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("camelCase", Case::Camel),
    ("PascalCase", Case::Pascal),
];

impl Case {
    fn parse(text: &LitStr) -> Result<Self> {
        let word = text.value();
        CASES
            .iter()
            .find(|(name, _)| *name == word)
            .map(|&(_, case)| case)
            .ok_or_else(|| {
                let known: Vec<_> = CASES.iter().map(|&(name, _)| name).collect();
                Error::new(text.span(), messages::unknown_case(&word, &known))
            })
    }

    pub(super) fn apply(self, variant: &str) -> String {
        let words = idents::words(variant);
        let capital = |word: &String| {
            let mut chars = word.chars();
            chars.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(chars).collect()
            })
        };
        match self {
            Self::Snake => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
            Self::Pascal => words.iter().map(capital).collect(),
            Self::Camel => {
                let rest: String = words.iter().skip(1).map(capital).collect();
                words.first().cloned().unwrap_or_default() + &rest
            }
        }
    }
}

/// `#[label(..)]` on the type.
#[derive(Default)]
pub(super) struct TypeArgs {
    pub(super) facade: Slot<Path>,
    pub(super) rename_all: Slot<Case>,
}

impl TypeArgs {
    pub(super) fn read(attrs: &[Attribute], is_enum: bool, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let known: &[&str] = if is_enum {
            &[words::RENAME_ALL, words::CRATE]
        } else {
            &[words::CRATE]
        };
        let options = Options {
            owner: words::LABEL,
            known,
            hidden: 0,
        };
        for attr in attrs
            .iter()
            .filter(|attr| attr.path().is_ident(words::LABEL))
        {
            options.read_attr(attr, errors, |key, input| {
                if key == words::CRATE {
                    let path = attrs::path(key, input, "crate = my_crate::caxton_instrument")?;
                    return set_once(&mut args.facade, key, path);
                }
                let text = attrs::string(key, input, "rename_all = \"kebab-case\"")?;
                set_once(&mut args.rename_all, key, Case::parse(&text)?)
            });
        }
        args
    }
}

/// `#[label(rename = "..")]` on a variant.
pub(super) fn rename(attrs: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let mut rename: Slot<LitStr> = None;
    let options = Options {
        owner: words::LABEL,
        known: &[words::RENAME],
        hidden: 0,
    };
    for attr in attrs
        .iter()
        .filter(|attr| attr.path().is_ident(words::LABEL))
    {
        options.read_attr(attr, errors, |key, input| {
            let text = attrs::string(key, input, "rename = \"not_understood\"")?;
            set_once(&mut rename, key, text)
        });
    }
    rename.map(|rename| rename.value)
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn each_case() {
        let of = |case: Case| case.apply("NotUnderstood");
        assert_eq!(of(Case::Snake), "not_understood");
        assert_eq!(of(Case::Kebab), "not-understood");
        assert_eq!(of(Case::ScreamingSnake), "NOT_UNDERSTOOD");
        assert_eq!(of(Case::ScreamingKebab), "NOT-UNDERSTOOD");
        assert_eq!(of(Case::Lower), "notunderstood");
        assert_eq!(of(Case::Upper), "NOTUNDERSTOOD");
        assert_eq!(of(Case::Camel), "notUnderstood");
        assert_eq!(of(Case::Pascal), "NotUnderstood");
    }
}
