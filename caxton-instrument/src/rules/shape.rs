//! A metric's name, read once. The compiler interprets this for each metric of
//! a program, where each step counts and a call counts most: so a word is one
//! number, and nothing of `core` is called.

use crate::unit::Unit;

/// A word, its bytes in one number; [`LONG`] if they do not fit.
pub(super) type Word = u128;

/// A longer word than any that a rule is about.
const LONG: Word = Word::MAX;

const LONGEST: usize = size_of::<Word>();

macro_rules! words {
    ($($word:ident)*) => {
        /// The words that the rules are about.
        #[allow(non_upper_case_globals)]
        pub(super) mod word {
            use super::{Word, packed};

            $(pub(in crate::rules) const $word: Word = packed(stringify!($word));)*
        }
    };
}

// The derive knows them too, and asks no rule where none of them stands.
caxton_instrument_macros::__words_of_rules!(words);

const fn packed(word: &str) -> Word {
    let mut bytes = word.as_bytes();
    assert!(bytes.len() <= LONGEST, "a rule is about a longer word");
    let mut packed = 0;
    while let [byte, rest @ ..] = bytes {
        packed = packed << 8 | *byte as Word;
        bytes = rest;
    }
    packed
}

/// The base unit to use instead of a scaled one.
pub(super) const fn base_unit_of(word: Word) -> Option<Unit> {
    Some(match word {
        word::milliseconds
        | word::millisecond
        | word::millis
        | word::msec
        | word::msecs
        | word::ms
        | word::microseconds
        | word::microsecond
        | word::micros
        | word::usec
        | word::us
        | word::nanoseconds
        | word::nanosecond
        | word::nanos
        | word::nsec
        | word::ns
        | word::secs
        | word::sec
        | word::minutes
        | word::mins
        | word::hours
        | word::days => Unit::Seconds,
        word::percent | word::percents | word::percentage | word::pct => Unit::Ratio,
        word::kilobytes
        | word::kibibytes
        | word::kb
        | word::kib
        | word::megabytes
        | word::mebibytes
        | word::mb
        | word::mib
        | word::gigabytes
        | word::gibibytes
        | word::gb
        | word::gib
        | word::terabytes
        | word::tebibytes
        | word::tb
        | word::tib
        | word::petabytes
        | word::pebibytes
        | word::bits => Unit::Bytes,
        word::metres
        | word::kilometers
        | word::kilometres
        | word::millimeters
        | word::millimetres
        | word::centimeters
        | word::centimetres
        | word::km
        | word::mm
        | word::cm => Unit::Meters,
        word::kilojoules | word::kwh => Unit::Joules,
        word::kilograms | word::milligrams | word::kg | word::mg => Unit::Grams,
        word::fahrenheit | word::kelvin => Unit::Celsius,
        word::millivolts | word::kilovolts => Unit::Volts,
        word::milliamperes | word::milliamps | word::amps => Unit::Amperes,
        word::kilohertz
        | word::megahertz
        | word::gigahertz
        | word::hz
        | word::khz
        | word::mhz
        | word::ghz => Unit::Hertz,
        _ => return None,
    })
}

/// The unit that a word names.
pub(super) const fn unit_of(word: Word) -> Unit {
    match word {
        word::seconds => Unit::Seconds,
        word::bytes => Unit::Bytes,
        word::ratio => Unit::Ratio,
        word::meters => Unit::Meters,
        word::joules => Unit::Joules,
        word::grams => Unit::Grams,
        word::celsius => Unit::Celsius,
        word::volts => Unit::Volts,
        word::amperes => Unit::Amperes,
        word::hertz => Unit::Hertz,
        _ => Unit::None,
    }
}

/// `p99`, `p999`; with one digit it is a priority.
pub(super) const fn is_quantile(mut word: Word) -> bool {
    let mut digits = 0;
    // `0` to `9`.
    while matches!(word & 0xff, 0x30..=0x39) {
        word >>= 8;
        digits += 1;
    }
    digits > 1 && word == b'p' as Word
}

/// What the rules ask of a name.
pub(super) struct Shape {
    /// `[a-z][a-z0-9_]*`, no `__`, no trailing `_`.
    pub(super) is_snake: bool,
    /// The word that ends the name.
    pub(super) last: Word,
    /// The name's length without a final `_total`.
    pub(super) end: usize,
    /// The word that ends the name without a final `_total`, where it begins,
    /// and the one before it.
    pub(super) word: Word,
    pub(super) start: usize,
    pub(super) before: Word,
    pub(super) start_before: usize,
    /// Where a word stands that is a metric's type.
    pub(super) kind: Option<(usize, usize)>,
}

impl Shape {
    pub(super) const fn of(name: &str) -> Self {
        let mut bytes = name.as_bytes();
        let mut is_snake = matches!(bytes, [b'a'..=b'z', ..]);
        let mut kind = None;
        // The word that is read, and the two before it.
        let (mut word, mut second, mut third): (Word, Word, Word) = (0, 0, 0);
        let (mut start, mut start_second, mut start_third) = (0, 0, 0);
        let (len, mut at) = (name.len(), 0);
        loop {
            let byte = match bytes {
                [byte, rest @ ..] => {
                    bytes = rest;
                    *byte
                }
                // After the last word as after each.
                [] => b'_',
            };
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => word = word << 8 | byte as Word,
                b'_' => {
                    if at == start {
                        is_snake = false;
                    } else if at - start > LONGEST {
                        word = LONG;
                    }
                    if matches!(
                        word,
                        word::counter | word::gauge | word::histogram | word::summary
                    ) {
                        kind = Some((start, at));
                    }
                    if at == len {
                        break;
                    }
                    third = second;
                    start_third = start_second;
                    second = word;
                    start_second = start;
                    word = 0;
                    start = at + 1;
                }
                _ => {
                    is_snake = false;
                    word = word << 8 | byte as Word;
                }
            }
            at += 1;
        }
        if word == word::total && start > 0 {
            return Self {
                is_snake,
                last: word,
                end: start - 1,
                word: second,
                start: start_second,
                before: third,
                start_before: start_third,
                kind,
            };
        }
        Self {
            is_snake,
            last: word,
            end: at,
            word,
            start,
            before: second,
            start_before: start_second,
            kind,
        }
    }
}
