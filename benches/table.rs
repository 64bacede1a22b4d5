//! A table of interleaved cases: every case runs a batch in each round, in an
//! order that changes, and its median is shown as a ratio to the first case.
//!
//! Clocks differ from machine to machine and code layout alone moves a bare
//! loop by half, so no single time is shown: the first case, one uncontended
//! atomic add, is 1.00.

use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::report::Line;

/// Runs of one case between two changes of the index: every index below it is
/// handed to the work in turn.
pub const TURN: u32 = 100;

/// What a case measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    Raw,
    A,
    B,
    C,
    CBound,
    D,
    DLabelled,
    E,
    Timer,
    J,
}

impl Row {
    /// As the table names it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::A => "A counter, no labels",
            Self::B => "B counter, two closed labels",
            Self::C => "C counter, one closed and one open label, 100 values",
            Self::CBound => "C' the same through a bound handle",
            Self::D => "D histogram, 12 bounds",
            Self::DLabelled => "D' histogram, two closed labels",
            Self::E => "E in-flight gauge, up and down",
            Self::Timer => "T timer, started and dropped",
            Self::J => "J a trivial function",
        }
    }

    /// Whether the row is also measured on two threads at once.
    fn on_two_threads(self) -> bool {
        matches!(self, Self::A | Self::B | Self::D)
    }
}

type Run = Arc<dyn Fn(u32) + Send + Sync>;

/// One thing to measure: runs its work the given number of times.
pub struct Case {
    pub row: Row,
    pub name: &'static str,
    run: Run,
}

impl Case {
    /// Runs the work `times` times.
    pub fn run(&self, times: u32) {
        (self.run)(times);
    }
}

/// Cases that are measured together.
#[derive(Default)]
pub struct Table {
    pub cases: Vec<Case>,
    between: Vec<Box<dyn FnMut()>>,
}

/// How often each case runs in a batch, and how many batches.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Runs in one batch, a multiple of [`TURN`].
    pub batch: u32,
    /// Batches of each case.
    pub rounds: usize,
}

/// Runs the work `times` times, handing it 0 to [`TURN`] again and again.
#[inline]
pub fn repeat<T>(times: u32, work: impl Fn(usize) -> T) {
    for _ in 0..times / TURN {
        for i in 0..TURN as usize {
            black_box(work(i));
        }
    }
}

impl Table {
    /// Adds a case to a row.
    pub fn case<T>(
        &mut self,
        row: Row,
        name: &'static str,
        work: impl Fn(usize) -> T + Send + Sync + 'static,
    ) -> &mut Self {
        self.batch(row, name, move |times| repeat(times, &work))
    }

    /// Adds a case that does something around each batch.
    pub fn batch(
        &mut self,
        row: Row,
        name: &'static str,
        run: impl Fn(u32) + Send + Sync + 'static,
    ) -> &mut Self {
        self.cases.push(Case {
            row,
            name,
            run: Arc::new(run),
        });
        self
    }

    /// Adds work that is done between rounds and not measured.
    pub fn between(&mut self, work: impl FnMut() + 'static) -> &mut Self {
        self.between.push(Box::new(work));
        self
    }

    /// Measures every case; the first one is the unit.
    pub fn measure(&mut self, effort: Effort) -> Vec<Line> {
        let mut one = vec![Vec::with_capacity(effort.rounds); self.cases.len()];
        let mut two = one.clone();
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        let partner = Partner::new();
        for case in &self.cases {
            case.run(effort.batch);
            partner.run(&case.run, effort.batch);
        }
        for _ in 0..effort.rounds {
            shuffle(&mut order, &mut random);
            for &i in &order {
                let case = &self.cases[i];
                let start = Instant::now();
                case.run(effort.batch);
                one[i].push(per_run(start.elapsed(), effort));
                if case.row.on_two_threads()
                    && let Some(time) = partner.run(&case.run, effort.batch)
                {
                    two[i].push(per_run(time, effort));
                }
            }
            for work in &mut self.between {
                work();
            }
        }
        let one: Vec<f64> = one.iter_mut().map(|times| median(times)).collect();
        let unit = one[0];
        let mut lines: Vec<(Row, Line)> = (self.cases.iter().zip(one).zip(&mut two))
            .map(|((case, one), two)| {
                let line = Line {
                    row: case.row.title().into(),
                    case: case.name.into(),
                    one: one / unit,
                    two: (!two.is_empty()).then(|| median(two) / unit),
                    ns: None,
                };
                (case.row, line)
            })
            .collect();
        // For whoever compares machines.
        lines[0].1.ns = Some(unit);
        lines.sort_by_key(|(row, _)| *row);
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

fn per_run(time: Duration, effort: Effort) -> f64 {
    time.as_nanos() as f64 / f64::from(effort.batch)
}

/// A second thread that runs the same batch at the same time.
struct Partner {
    jobs: Sender<(Run, u32, Arc<AtomicU32>)>,
    spans: Receiver<(Instant, Instant)>,
}

impl Partner {
    fn new() -> Self {
        let (jobs, inbox) = channel::<(Run, u32, Arc<AtomicU32>)>();
        let (outbox, spans) = channel();
        std::thread::spawn(move || {
            for (run, batch, gate) in inbox {
                if outbox.send(together(&run, batch, &gate)).is_err() {
                    return;
                }
            }
        });
        Self { jobs, spans }
    }

    /// The mean of both threads; none when they did not run at the same time,
    /// as on a busy machine, where they meet no contention.
    fn run(&self, run: &Run, batch: u32) -> Option<Duration> {
        for _ in 0..10 {
            let gate = Arc::new(AtomicU32::new(2));
            self.jobs.send((run.clone(), batch, gate.clone())).unwrap();
            let a = together(run, batch, &gate);
            let b = self.spans.recv().unwrap();
            let both = a.1.min(b.1).saturating_duration_since(a.0.max(b.0));
            let longer = (a.1 - a.0).max(b.1 - b.0);
            if both * 10 > longer * 8 {
                return Some(((a.1 - a.0) + (b.1 - b.0)) / 2);
            }
        }
        None
    }
}

/// Starts when the other thread is there.
fn together(run: &Run, batch: u32, gate: &AtomicU32) -> (Instant, Instant) {
    gate.fetch_sub(1, Ordering::SeqCst);
    while gate.load(Ordering::SeqCst) > 0 {
        spin_loop();
    }
    let start = Instant::now();
    run(batch);
    (start, Instant::now())
}

/// Sorts the times and takes the middle one.
pub fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn shuffle(order: &mut [usize], random: &mut u64) {
    for i in (1..order.len()).rev() {
        // xorshift64: enough to keep neighbours from being the same each round.
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        let k = usize::try_from(*random % (i as u64 + 1)).unwrap_or(0);
        order.swap(i, k);
    }
}
