//! A page of [Markdown](https://spec.commonmark.org/): its examples, tables and
//! lists, with places.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::text::Text;
use super::tree::{Lines, Place};

/// What stands on a page, in its order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The heading above it, as plain text.
    pub heading: String,
    /// What it is.
    pub content: Content,
}

/// What a part of a page is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A heading and its level, from 1.
    Heading(u8, Vec<Run>),
    /// A paragraph.
    Paragraph(Vec<Run>),
    /// An item of a list, without the lists in it.
    Item(Vec<Run>),
    /// A table: the cells of its head, and those of each row.
    Table(Row, Vec<Row>),
    /// An example, and what stands behind its fence: `yaml`.
    Code(String, Text),
}

/// The cells of a row.
pub type Row = Vec<Vec<Run>>;

/// Text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its style.
    pub style: Style,
    /// The text, without marks.
    pub text: String,
    /// Where it begins, behind its marks.
    pub place: Place,
}

/// How a text is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Not at all.
    Plain,
    /// `**strong**`.
    Strong,
    /// `` `code` ``.
    Code,
}

/// The text of several runs.
#[must_use]
pub fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

impl Page {
    /// Reads a page.
    ///
    /// ```
    /// use caxton_instrument_export::lint::page::{Content, Page};
    ///
    /// let page = Page::of("# Rules\n\n```yaml\ngroups: []\n```\n");
    /// let Content::Code(info, text) = &page.blocks[1].content else { panic!() };
    /// assert_eq!((info.as_str(), text.start().line), ("yaml", 4));
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
        let mut reader = Reader {
            source: text,
            lines: Lines::of(text),
            page: Self::default(),
            heading: String::new(),
            runs: Vec::new(),
            items: 0,
            strong: 0,
            metadata: false,
            table: None,
            code: None,
        };
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            reader.event(event, range);
        }
        reader.page
    }
}

struct Reader<'a> {
    source: &'a str,
    lines: Lines<'a>,
    page: Page,
    heading: String,
    /// What belongs to the part that is being read.
    runs: Vec<Run>,
    /// How many items of lists are open.
    items: usize,
    strong: usize,
    metadata: bool,
    table: Option<(Row, Vec<Row>)>,
    code: Option<(String, String, Vec<Place>)>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code, starts)) => {
                    let verbatim = self.source.get(range.clone()) == Some(&*text);
                    let mut offset = 0;
                    for line in text.split_inclusive('\n') {
                        if code.is_empty() || code.ends_with('\n') {
                            let inside = if verbatim { offset } else { 0 };
                            starts.push(self.lines.place(range.start + inside));
                        }
                        code.push_str(line);
                        offset += line.len();
                    }
                }
                None if self.metadata => {}
                None => {
                    let style = if self.strong > 0 {
                        Style::Strong
                    } else {
                        Style::Plain
                    };
                    self.run(style, &text, range.start);
                }
            },
            Event::Code(text) => {
                let marks = self.source[range.clone()]
                    .find(|it| it != '`')
                    .unwrap_or_default();
                self.run(Style::Code, &text, range.start + marks);
            }
            Event::SoftBreak | Event::HardBreak => self.run(Style::Plain, " ", range.start),
            _ => {}
        }
    }

    fn run(&mut self, style: Style, text: &str, start: usize) {
        self.runs.push(Run {
            style,
            text: text.into(),
            place: self.lines.place(start),
        });
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Item => {
                self.flush();
                self.items += 1;
            }
            Tag::Strong => self.strong += 1,
            Tag::List(_) | Tag::Heading { .. } => self.flush(),
            Tag::Table(_) => {
                self.flush();
                self.table = Some((Vec::new(), Vec::new()));
            }
            Tag::TableRow => {
                if let Some((_, rows)) = &mut self.table {
                    rows.push(Vec::new());
                }
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((info, String::new(), Vec::new()));
            }
            Tag::MetadataBlock(_) => self.metadata = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Item => {
                self.flush();
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Paragraph if self.items == 0 => self.flush(),
            TagEnd::Heading(level) => {
                let runs = std::mem::take(&mut self.runs);
                self.heading = plain(&runs);
                self.push(Content::Heading(number(level), runs));
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.runs);
                if let Some((head, rows)) = &mut self.table {
                    rows.last_mut().unwrap_or(head).push(cell);
                }
            }
            TagEnd::Table => {
                if let Some((head, rows)) = self.table.take() {
                    self.push(Content::Table(head, rows));
                }
            }
            TagEnd::CodeBlock => {
                if let Some((info, text, starts)) = self.code.take() {
                    self.push(Content::Code(info, Text::of_lines(text, starts)));
                }
            }
            TagEnd::MetadataBlock(_) => self.metadata = false,
            _ => {}
        }
    }

    fn flush(&mut self) {
        if self.runs.is_empty() {
            return;
        }
        let runs = std::mem::take(&mut self.runs);
        self.push(if self.items > 0 {
            Content::Item(runs)
        } else {
            Content::Paragraph(runs)
        });
    }

    fn push(&mut self, content: Content) {
        self.page.blocks.push(Block {
            heading: self.heading.clone(),
            content,
        });
    }
}

const fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
