//! A handle is asked by the labels it was made for: not by those of a type that
//! its own is a subtype of, and which has others.

#![allow(coherence_leak_check)]

use std::marker::PhantomData;

use caxton_instrument::LabelDescriptor;
use caxton_instrument::prelude::*;

struct Marker<T>(PhantomData<fn() -> T>);
type One = Marker<for<'a> fn(&'a ())>;
type Two = Marker<fn(&'static ())>;

macro_rules! labels {
    ($($labels:ty: $values:expr;)*) => {$(
        impl LabelSet for $labels {
            const LABELS: &'static [LabelDescriptor] = &[LabelDescriptor::closed("kind", $values)];
            type Ref<'a> = usize;
            type Open<'a> = [&'a str; 0];

            fn borrowed(&self) -> usize {
                0
            }

            fn closed_index(at: usize) -> usize {
                at
            }

            fn open_values<'a>(_: usize) -> [&'a str; 0] {
                []
            }
        }
    )*};
}

labels! {
    One: &["a"];
    Two: &["a", "b"];
}

fn of_other_labels(counter: &Counter<One>) -> &Counter<Two> {
    counter
}

fn main() {
    let _ = of_other_labels;
}
