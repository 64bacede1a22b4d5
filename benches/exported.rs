//! Whether updates cost more while they are scraped and exported: our rows in
//! programs that only record, and in ones whose metrics go to a collector and to
//! a scraper four times a second.
//!
//! `cargo bench -p caxton-benches --no-default-features --features exporting --bench exported`
//!
//! A program installs telemetry once, so each measurement is a program of its
//! own: this one again, in turns of both kinds.

#![allow(clippy::expect_used, reason = "a measurement that cannot go on ends")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use caxton_benches::ours;
use caxton_benches::table::{Row, TURN, Table};
use caxton_instrument_export::otlp::{Endpoint, Metrics};

/// Tells a program where it exports to; empty for one that only records.
const COLLECTOR: &str = "CAXTON_BENCH_COLLECTOR";

/// Programs of each kind.
const TURNS: usize = 11;

/// Batches of each row in a program, and updates in a batch.
const ROUNDS: usize = 41;
const BATCH: u32 = 100 * TURN;

const EVERY: Duration = Duration::from_millis(250);

fn main() {
    match std::env::var(COLLECTOR) {
        Ok(collector) => measured(&collector),
        Err(_) => compared(),
    }
}

/// One program: its medians, a line each.
fn measured(collector: &str) {
    let mut scraper = None;
    let _telemetry = if collector.is_empty() {
        let _registry = ours::install();
        None
    } else {
        let telemetry = caxton_instrument_export::builder()
            .service("bench", "1.0.0")
            .listen("127.0.0.1:0")
            .otlp_metrics(Metrics::to(Endpoint::http(collector)).interval(EVERY))
            .install()
            .expect("telemetry");
        let address = telemetry.local_addr().expect("it listens");
        scraper = Some(std::thread::spawn(move || scrape(address)));
        Some(telemetry)
    };
    let mut table = Table::default();
    ours::cases(&mut table);
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); table.cases.len()];
    for _ in 0..ROUNDS {
        for (case, times) in table.cases.iter().zip(&mut times) {
            let start = Instant::now();
            case.run(BATCH);
            times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(BATCH));
        }
    }
    for (case, times) in table.cases.iter().zip(&mut times) {
        if case.row != Row::Raw {
            println!("{}: {}\t{}", case.row.title(), case.name, median(times));
        }
    }
    // It scrapes until the program ends.
    drop(scraper);
}

fn scrape(address: SocketAddr) {
    loop {
        let answer = TcpStream::connect(address).and_then(|mut stream| {
            write!(stream, "GET /metrics HTTP/1.0\r\nHost: bench\r\n\r\n")?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)
        });
        if answer.is_err() {
            return;
        }
        std::thread::sleep(EVERY);
    }
}

/// Programs in turns, and what one kind takes of the other.
fn compared() {
    let collector = collector();
    let (mut alone, mut exported) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..TURNS {
        for (all, collector) in [(&mut alone, ""), (&mut exported, &*collector)] {
            let program = std::env::current_exe().expect("this program");
            let output = Command::new(program)
                .env(COLLECTOR, collector)
                .output()
                .expect("it runs");
            assert!(output.status.success(), "{output:?}");
            for line in String::from_utf8_lossy(&output.stdout).lines() {
                let (row, time) = line.split_once('\t').expect("a row and its time");
                let all: &mut Vec<f64> = all.entry(row.to_owned()).or_default();
                all.push(time.parse().expect("a time"));
            }
        }
    }
    println!("| row | exported, to only recorded |\n|---|---:|");
    for (row, mut times) in alone {
        let exported = median(exported.get_mut(&row).expect("the same rows"));
        println!("| {row} | {:.2} |", exported / median(&mut times));
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Takes every request: what is measured is who sends.
fn collector() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink()).ok()?;
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(head.as_bytes()).ok()?;
    }
}
