//! One round for all, stale answers, and runtimes that end.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::sleep;

use super::*;
use crate::health::Check;
use crate::health::report::Status;

fn counted(takes: Duration) -> (Check, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let check = Check::new("counted", move || {
        counter.fetch_add(1, Ordering::Relaxed);
        async move {
            sleep(takes).await;
            Ok::<_, String>(())
        }
    });
    (check, runs)
}

fn health(checks: Vec<Check>, settings: Settings) -> Arc<Health> {
    Health::new(Wanted { checks, settings }).unwrap()
}

#[tokio::test]
async fn a_thousand_questions_are_one_round() {
    let (check, runs) = counted(Duration::from_millis(100));
    let health = health(vec![check], Settings::new());
    let asked: Vec<_> = (0..1_000)
        .map(|_| {
            let health = Arc::clone(&health);
            tokio::spawn(async move { health.report().await.status() })
        })
        .collect();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), Status::Healthy);
    }
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn while_a_round_runs_the_last_answer_is_given() {
    let (check, runs) = counted(Duration::from_secs(1));
    let settings = Settings::new().cache_for(Duration::ZERO);
    let health = health(vec![check], settings);
    health.report().await;
    let start = Instant::now();
    for _ in 0..10 {
        health.report().await;
    }
    assert!(
        start.elapsed() < Duration::from_millis(900),
        "{:?}",
        start.elapsed()
    );
    // The one that the first of them started.
    sleep(Duration::from_millis(50)).await;
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_old_answer_is_waited_out() {
    let (check, runs) = counted(Duration::from_millis(10));
    let settings = Settings::new()
        .cache_for(Duration::from_millis(50))
        .stale_for(Duration::from_millis(100));
    let health = health(vec![check], settings);
    health.report().await;
    sleep(Duration::from_millis(200)).await;
    let asked = Instant::now();
    let report = health.report().await;
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert!(report.taken >= asked);
}

#[tokio::test]
async fn what_panics_hangs_or_blocks_is_reported() {
    let short = Duration::from_millis(100);
    let (well, _) = counted(Duration::ZERO);
    let checks = vec![
        well,
        Check::new("panics", || async {
            assert!(!short_of_nothing(), "on purpose");
            Ok::<_, String>(())
        }),
        Check::new("panics early", || {
            assert!(!short_of_nothing(), "on purpose");
            async { Ok::<_, String>(()) }
        }),
        Check::new("hangs", std::future::pending::<Result<(), String>>).timeout(short),
        Check::new("blocks", || async {
            std::thread::sleep(Duration::from_secs(4));
            Ok::<_, String>(())
        })
        .timeout(short),
    ];
    let settings = Settings::new()
        .cache_for(Duration::ZERO)
        .stale_for(Duration::ZERO);
    let health = health(checks, settings);
    let start = Instant::now();
    let first = health.report().await;
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    let second = health.report().await;
    let outcomes = |report: &Report| -> Vec<_> {
        report
            .checks
            .iter()
            .map(|check| check.outcome.clone())
            .collect()
    };
    let [passed, panicked, hung] = [Outcome::Passed, Outcome::Panicked, Outcome::TimedOut(short)];
    let mut expected = [passed, panicked.clone(), panicked, hung.clone(), hung];
    assert_eq!(outcomes(&first), expected);
    expected[4] = Outcome::Blocked;
    assert_eq!(outcomes(&second), expected);
    assert_eq!(second.status(), Status::Degraded);
}

fn short_of_nothing() -> bool {
    std::hint::black_box(true)
}

/// A router that was merged into an application's may go with its runtime.
#[test]
fn a_round_that_ends_with_its_runtime_is_begun_anew() {
    let (check, runs) = counted(Duration::from_millis(300));
    let health = health(vec![check], Settings::new());
    let first = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    first.block_on(async {
        health.refresh();
        sleep(Duration::from_millis(50)).await;
    });
    first.shutdown_background();
    let second = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // The first run still holds its thread, since a timer that is gone never fires.
    let report = second.block_on(health.report());
    assert!(runs.load(Ordering::Relaxed) <= 2);
    assert_eq!(report.checks.len(), 1);
}

#[tokio::test]
async fn two_checks_of_one_name_are_refused() {
    let checks = vec![counted(Duration::ZERO).0, counted(Duration::ZERO).0];
    let error = Health::new(Wanted {
        checks,
        settings: Settings::new(),
    })
    .unwrap_err();
    assert!(error.to_string().contains("`counted`"), "{error}");
}
