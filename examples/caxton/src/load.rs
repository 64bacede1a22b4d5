//! Documents out of nothing, the same each time.

use tokio::sync::mpsc;

use crate::input::Document;

/// Words of a document.
const WORDS: u64 = 1_500;

/// Distinct words of all documents.
const VOCABULARY: u64 = 4_000;

/// So many documents of some 10 KiB. Runs on a Tokio runtime.
pub fn generated(count: u64) -> mpsc::Receiver<Document> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        for number in 1..=count {
            let document = Document::Text {
                name: format!("generated document {number}"),
                text: text(number),
            };
            // Nobody takes them any more.
            if sender.send(document).await.is_err() {
                return;
            }
        }
    });
    receiver
}

/// Words in paragraphs; frequent words are frequent, as in any language.
fn text(seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut text = String::new();
    for position in 1..=WORDS {
        let (a, b) = (random.below(VOCABULARY), random.below(VOCABULARY));
        word(a * b / VOCABULARY, &mut text);
        text.push_str(match position % 150 {
            0 => ".\n\n",
            _ => " ",
        });
    }
    text
}

/// A pronounceable word for a number.
fn word(mut number: u64, text: &mut String) {
    const SYLLABLES: [&str; 16] = [
        "lu", "ce", "di", "fu", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu",
        "za",
    ];
    for _ in 0..3 {
        let syllable = usize::try_from(number % 16).unwrap_or_default();
        text.push_str(SYLLABLES[syllable]);
        number /= 16;
    }
}

/// Marsaglia's xorshift: no secret depends on it.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_the_same_document() {
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
        assert_eq!(text(1).split_whitespace().count() as u64, WORDS);
    }
}
