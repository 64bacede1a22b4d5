//! A table of interleaved cases: every case runs a batch in each round, in an
//! order that changes, and its median is shown as a ratio to the first case.
//!
//! Clocks differ from machine to machine and code layout alone moves a bare
//! loop by half, so no single time is shown: the first case, one uncontended
//! atomic add, is 1.00.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

/// One thing to measure: runs its work the given number of times.
pub struct Case {
    row: &'static str,
    name: &'static str,
    run: Box<dyn FnMut(u32)>,
}

/// Cases that are measured together.
#[derive(Default)]
pub struct Table {
    cases: Vec<Case>,
    between: Vec<Box<dyn FnMut()>>,
}

/// How often each case runs in a batch, and how many batches.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Runs in one batch.
    pub batch: u32,
    /// Batches of each case.
    pub rounds: usize,
}

impl Table {
    /// Adds a case to a row.
    pub fn case<T>(
        &mut self,
        row: &'static str,
        name: &'static str,
        mut work: impl FnMut() -> T + 'static,
    ) -> &mut Self {
        self.cases.push(Case {
            row,
            name,
            run: Box::new(move |times| {
                for _ in 0..times {
                    black_box(work());
                }
            }),
        });
        self
    }

    /// Adds work that is done between rounds and not measured.
    pub fn between(&mut self, work: impl FnMut() + 'static) -> &mut Self {
        self.between.push(Box::new(work));
        self
    }

    /// Measures every case and draws the table in Markdown.
    pub fn measure(&mut self, effort: Effort) -> String {
        let mut times = vec![Vec::with_capacity(effort.rounds); self.cases.len()];
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for case in &mut self.cases {
            (case.run)(effort.batch);
        }
        for _ in 0..effort.rounds {
            shuffle(&mut order, &mut random);
            for &i in &order {
                let start = Instant::now();
                (self.cases[i].run)(effort.batch);
                times[i].push(start.elapsed().as_nanos() as f64 / f64::from(effort.batch));
            }
            for work in &mut self.between {
                work();
            }
        }
        self.draw(&mut times)
    }

    fn draw(&self, times: &mut [Vec<f64>]) -> String {
        let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
        let unit = medians.first().copied().unwrap_or(1.0);
        let mut text = String::from("| row | case | ratio |\n|---|---|---:|\n");
        let mut last = "";
        for (case, median) in self.cases.iter().zip(medians) {
            let row = if case.row == last { "" } else { case.row };
            last = case.row;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {row} | {} | {:.2} |", case.name, median / unit);
        }
        text
    }
}

fn median(times: &mut [f64]) -> f64 {
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
