//! Two servers of Prometheus share the targets, and a third one reads both: each
//! series is there once, under the job and the instance that it has.
//!
//! The servers come from `scripts/get-servers.sh`. Without them the test says
//! that it was skipped; where `CI` is set it fails.
#![cfg(feature = "instrumented")]
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod parts;
mod watched;

use std::collections::BTreeSet;

use caxton_instrument::query::seconds;
use caxton_instrument_export::generate::{Deployment, Service};
use caxton_telemetry_tests::process::{free_address, servers, wait_until};
use parts::{Serving, file};
use serde_json::Value;

/// Programs, which are on either shard by their ports.
const PROGRAMS: usize = 6;

#[test]
fn shards_share_the_targets_and_the_rules_see_them_all() {
    let Some(bin) = servers(&["prometheus"]) else {
        return;
    };
    file("shards/document.md", "alpha beta");
    let serving: Vec<_> = (0..PROGRAMS)
        .map(|_| Serving::start(&["shards/document.md"]))
        .collect();
    let folder = parts::path("shards/servers");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");

    let (main, shards) = (free_address(), [free_address(), free_address()]);
    let mut deployment = Deployment::new("caxton")
        .prometheus(&main.to_string())
        .alertmanager(&free_address().to_string())
        .scrape_interval(seconds(1));
    for shard in shards {
        deployment = deployment.shard(&shard.to_string());
    }
    for (at, program) in serving.iter().enumerate() {
        let host = program.address.ip().to_string();
        let service = Service::new(&format!("caxton-{at}"), &host, program.address.port());
        deployment = deployment.service(service);
    }
    watched::write(&folder, &deployment, str::to_owned);
    let _servers = [
        watched::prometheus(&bin, &folder, "prometheus", main),
        watched::prometheus(&bin, &folder, "shard-0", shards[0]),
        watched::prometheus(&bin, &folder, "shard-1", shards[1]),
    ];

    let jobs = |rows: &[Value]| -> BTreeSet<String> {
        let jobs = rows.iter().map(|row| row["metric"]["job"].to_string());
        jobs.collect()
    };
    let up = "up{job=~\"caxton-.*\"} == 1";
    wait_until("every program is scraped by one of them", || {
        jobs(&watched::query(main, up)).len() == PROGRAMS
    });
    let rows = watched::query(main, up);
    assert_eq!(rows.len(), PROGRAMS, "each once: {rows:?}");
    for program in &serving {
        let query = format!("up{{instance=\"{}\"}}", program.address);
        assert_eq!(watched::query(main, &query).len(), 1, "{query}");
    }
    // What the programs declare comes along, and both shards have a part of it.
    let agents = "caxton_agents{agent_type=\"indexer\"}";
    wait_until("what is scraped is read", || {
        jobs(&watched::query(main, agents)).len() == PROGRAMS
    });
    let parts = shards.map(|shard| jobs(&watched::query(shard, up)));
    assert!(parts[0].is_disjoint(&parts[1]), "{parts:?}");
    assert_eq!(parts[0].len() + parts[1].len(), PROGRAMS, "{parts:?}");
    // The rules of the main one miss no job.
    wait_until("no target is missed", || {
        let evaluated = "sum(prometheus_rule_group_iterations_total{job=\"prometheus\"}) > 10";
        let missed = "ALERTS{alertname=~\"Target.*\"}";
        !watched::query(main, evaluated).is_empty() && watched::query(main, missed).is_empty()
    });
}
