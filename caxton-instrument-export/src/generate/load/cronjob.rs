//! How Kubernetes runs the test every night: a
//! [CronJob](https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::generate::kubernetes::container::Resources;
use serde_saphyr::LitStr;

use super::LoadTest;
use crate::generate::deployment::Deployment;
use crate::generate::kubernetes::names::resource_name;
use crate::generate::{images, yaml};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConfigMap<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    data: BTreeMap<&'static str, LitStr<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    name: &'a str,
    namespace: &'a str,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CronJob<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    spec: CronJobSpec<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CronJobSpec<'a> {
    schedule: &'a str,
    concurrency_policy: &'static str,
    successful_jobs_history_limit: u8,
    failed_jobs_history_limit: u8,
    job_template: JobTemplate<'a>,
}

#[derive(Serialize)]
struct JobTemplate<'a> {
    spec: Job<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Job<'a> {
    backoff_limit: u8,
    active_deadline_seconds: u64,
    template: Template<'a>,
}

#[derive(Serialize)]
struct Template<'a> {
    spec: Pod<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pod<'a> {
    restart_policy: &'static str,
    containers: [Container; 1],
    volumes: [Volume<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    name: &'static str,
    image: String,
    args: Vec<&'static str>,
    env: Vec<Variable>,
    resources: Resources,
    security_context: Security,
    volume_mounts: [Mount; 1],
}

#[derive(Serialize)]
struct Variable {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Security {
    allow_privilege_escalation: bool,
    run_as_non_root: bool,
    run_as_user: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mount {
    name: &'static str,
    #[serde(rename = "mountPath")]
    path: &'static str,
    read_only: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Volume<'a> {
    name: &'static str,
    config_map: Name<'a>,
}

/// The user of k6's image.
const USER: u32 = 12345;

pub(super) fn render(test: &LoadTest, script: &str, deployment: &Deployment) -> String {
    // A CronJob's name has 52 characters at most: eleven are appended.
    let mut name = resource_name(deployment.name());
    name.truncate(42);
    let name = format!("{}-benchmark", name.trim_end_matches('-'));
    let metadata = || Metadata {
        name: &name,
        namespace: deployment.kubernetes_namespace(),
    };
    let config = ConfigMap {
        api_version: "v1",
        kind: "ConfigMap",
        metadata: metadata(),
        data: BTreeMap::from([("load.js", LitStr(script))]),
    };
    let mut args = vec!["run"];
    let mut env = vec![Variable {
        name: "BENCHMARK",
        value: String::from("1"),
    }];
    if test.writes_results {
        let results = format!("http://{}/api/v1/write", deployment.prometheus_address());
        args.extend(["-o", "experimental-prometheus-rw"]);
        env.push(Variable {
            name: "K6_PROMETHEUS_RW_SERVER_URL",
            // Kubernetes fills in `$(NAME)`, unless there are two `$`.
            value: results.replace("$(", "$$("),
        });
        env.push(Variable {
            name: "K6_PROMETHEUS_RW_TREND_STATS",
            value: String::from("p(95),p(99),max"),
        });
    }
    args.push("/scripts/load.js");
    let container = Container {
        name: "k6",
        image: images::image("k6"),
        args,
        env,
        resources: Resources::of("500m", "512Mi", "1Gi"),
        security_context: Security {
            allow_privilege_escalation: false,
            run_as_non_root: true,
            run_as_user: USER,
        },
        volume_mounts: [Mount {
            name: "scripts",
            path: "/scripts",
            read_only: true,
        }],
    };
    let job = Job {
        // A test that fails tells something: it is not tried again.
        backoff_limit: 0,
        active_deadline_seconds: test.benchmark.as_secs().saturating_add(600),
        template: Template {
            spec: Pod {
                restart_policy: "Never",
                containers: [container],
                volumes: [Volume {
                    name: "scripts",
                    config_map: Name { name: &name },
                }],
            },
        },
    };
    let job = CronJob {
        api_version: "batch/v1",
        kind: "CronJob",
        metadata: metadata(),
        spec: CronJobSpec {
            schedule: &test.schedule,
            concurrency_policy: "Forbid",
            successful_jobs_history_limit: 3,
            failed_jobs_history_limit: 3,
            job_template: JobTemplate { spec: job },
        },
    };
    yaml::objects(&[yaml::object(&config), yaml::object(&job)])
}
