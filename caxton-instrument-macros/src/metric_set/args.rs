//! The options of `#[metric_set(..)]`.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Expr, Ident, LitStr, Path, Result, Token};

use crate::shared::attrs::{self, Options, Slot, set_once};
use crate::shared::errors::Errors;
use crate::shared::{messages, words};

/// The options of a set.
#[derive(Clone, Default)]
pub(crate) struct SetArgs {
    pub(crate) namespace: Slot<LitStr>,
    pub(crate) subsystem: Slot<LitStr>,
    pub(crate) labels: Slot<Vec<ConstantLabel>>,
    pub(crate) facade: Slot<Path>,
    pub(crate) unlisted: Slot<()>,
}

/// A label with one value, on every series of the set.
#[derive(Clone)]
pub(crate) struct ConstantLabel {
    pub(crate) name: LitStr,
    pub(crate) value: Expr,
}

impl SetArgs {
    pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut args = Self::default();
        // `unlisted` is for the facade's own sets; messages do not offer it.
        let known = [
            words::NAMESPACE,
            words::SUBSYSTEM,
            words::LABELS,
            words::CRATE,
            words::UNLISTED,
        ];
        for attr in attrs {
            if attr.path().is_ident(words::METRIC) {
                let message = messages::misplaced(words::METRIC, words::METRIC_SET, "the struct");
                errors.over(&attr.meta, message);
            }
            if !attr.path().is_ident(words::METRIC_SET) {
                continue;
            }
            let options = Options {
                owner: words::METRIC_SET,
                known: &known,
                hidden: 1,
            };
            options.read_attr(attr, errors, |key, input| args.set(key, input));
        }
        args
    }

    /// Sets the option `key`.
    pub(crate) fn set(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if key == words::NAMESPACE {
            let text = attrs::string(key, input, "namespace = \"caxton\"")?;
            set_once(&mut self.namespace, key, text)
        } else if key == words::SUBSYSTEM {
            let text = attrs::string(key, input, "subsystem = \"wasm\"")?;
            set_once(&mut self.subsystem, key, text)
        } else if key == words::LABELS {
            let labels = attrs::list(
                key,
                input,
                "labels(component = \"api\")",
                ConstantLabel::read,
            )?;
            for (i, label) in labels.iter().enumerate() {
                let name = label.name.value();
                if labels[..i].iter().any(|other| other.name.value() == name) {
                    return Err(Error::new(
                        label.name.span(),
                        messages::constant_label_twice(&name),
                    ));
                }
            }
            set_once(&mut self.labels, key, labels)
        } else if key == words::CRATE {
            let path = attrs::path(key, input, "crate = my_crate::caxton_instrument")?;
            set_once(&mut self.facade, key, path)
        } else {
            set_once(&mut self.unlisted, key, ())
        }
    }
}

impl ConstantLabel {
    fn read(input: ParseStream<'_>) -> Result<Self> {
        let span = input.span();
        let wrong = |_| Error::new(span, messages::CONSTANT_LABEL);
        let name = if input.peek(LitStr) {
            input.parse::<LitStr>()?
        } else {
            let ident = input.call(Ident::parse_any).map_err(wrong)?;
            LitStr::new(&ident.unraw().to_string(), ident.span())
        };
        input.parse::<Token![=]>().map_err(wrong)?;
        let value = input.parse().map_err(wrong)?;
        Ok(Self { name, value })
    }
}
