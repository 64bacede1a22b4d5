//! Typical mistakes, and what a person reads: each message whole, in a file
//! under `expected/config`. `CAXTON_BLESS=1` writes them; read the difference.

use std::path::Path;

use caxton_instrument_export::config::{Config, Environment, Severity};

/// Name, text of the file, variables.
type Case = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const CASES: &[Case] = &[
    (
        "unknown_key",
        "[observability.metrics]\nexprt_interval = \"15s\"\n",
        &[],
    ),
    (
        "key_of_another_section",
        "[observability.metrics]\nlevel = \"debug\"\nservice_name = \"shop\"\nendpoint = \"http://c:4317\"\n",
        &[],
    ),
    (
        "misspelt_section",
        "[observabilty]\nservice_name = \"shop\"\n[observability.metric]\nexemplars = true\n\
         [logging]\nlevel = \"info\"\n",
        &[],
    ),
    (
        "missing_unit",
        "[observability.metrics]\nexport_interval = 15\nmax_batch_size = \"4\"\n",
        &[],
    ),
    (
        "wrong_unit",
        "[observability]\notlp_timeout = \"10sec\"\nflush_timeout = \"5 s\"\n\
         [observability.logging]\nbuffer_size = \"8MB \"\n",
        &[],
    ),
    (
        "wrong_type",
        "[observability]\nenable_tracing = \"yes\"\nservice_version = 2.1\n\
         [observability.metrics]\nexclude_labels = \"agent_id\"\nexemplars = 1\n",
        &[],
    ),
    (
        "ratio_in_percent",
        "[observability]\ntrace_sample_rate = 10 # Sample 10% of traces\n\
         [observability.logging]\ndebug_sample_rate = \"1%\"\n",
        &[],
    ),
    (
        "missing_quotes",
        "[observability.logging]\nlevel = info\nformat = \"jsn\"\noutput = stdout\n",
        &[],
    ),
    (
        "port_out_of_range",
        "[observability.server]\naddress = \"0.0.0.0:94640\"\nadmin_address = 6060\n",
        &[],
    ),
    (
        "plain_secret",
        "[observability.server]\nbearer_token = \"hunter2-hunter2\"\nbasic_user = \"ops\"\n\
         basic_password = 'correct horse'\n",
        &[],
    ),
    (
        "plain_secret_in_a_header",
        "[observability]\notlp_headers = { \"api-key\" = \"hunter2-hunter2\", \"x-tenant\" = \"a\", \"bad name\" = \"b\" }\n",
        &[],
    ),
    (
        "misspelt_secret",
        "[observability.server]\nbearer_tokn = \"hunter2-hunter2\"\nbasic_password = hunter2-hunter2\n",
        &[],
    ),
    (
        "missing_variable_of_a_secret",
        "[observability.server]\nbearer_token = { env = \"NO_SUCH_TOKEN\" }\n\
         basic_user = \"ops\"\nbasic_password = { file = \"/no/such/file\" }\n",
        &[],
    ),
    (
        "secret_for_its_name",
        "[observability.server]\nbearer_token = { env = \"hunter2 hunter2\" }\n",
        &[],
    ),
    (
        "url_without_scheme",
        "[observability]\notlp_endpoint = \"otel-collector:4317\"\n\
         [profiling]\nenabled = true\nendpoint = \"http://ops:hunter2@pyroscope:4040\"\n",
        &[],
    ),
    (
        "allocation_profiles",
        "[profiling]\nenabled = true\n\
         profile_types = [\"cpu\", \"alloc_objects\", \"goroutines\", \"cpuu\"]\n",
        &[],
    ),
    (
        "port_of_another_protocol",
        "[observability]\notlp_endpoint = \"http://otel-collector:4317\"\n\
         otlp_protocol = \"http/protobuf\"\nservice_name = \"\"\n",
        &[],
    ),
    (
        "half_of_a_pair",
        "[observability]\notlp_client_cert = \"/tls/client.crt\"\n\
         [observability.server]\ntls_client_ca = \"/tls/ca.crt\"\nbasic_user = \"ops\"\n",
        &[],
    ),
    (
        "bounds_that_do_not_rise",
        "[observability.metrics]\nhttp_duration_buckets = [0.1, 0.05]\nagent_execution_buckets = []\n\
         [observability.metrics.buckets]\nshop_order_duration_seconds = [1.0, \"2\"]\n\
         shop_parcel_size_bytes = 3\n",
        &[],
    ),
    (
        "keys_of_lines_that_meet",
        "[observability.logging]\nmessage_key = \"level\"\n\
         batch_size = 4096\n",
        &[],
    ),
    (
        "not_toml",
        "[observability\nservice_name = \"shop\n[observability.metrics]\nexemplars = true\nexemplars = false\n",
        &[],
    ),
    (
        "environment",
        "[observability.metrics]\nexport_interval = \"15s\"\n",
        &[
            ("CAXTON_OBSERVABILITY_METRICS_EXPORT_INTERVAL", "10"),
            ("CAXTON_OBSERVABILITY_METRICS_EXPRT_TIMEOUT", "1s"),
            ("CAXTON_OBSERVABILITY_LOGGING_LEVEL", "loud"),
            ("CAXTON_OBSERVABILITY_PORT", "tcp://10.0.0.1:80"),
            (
                "CAXTON_OBSERVABILITY_OTLP_HEADERS",
                "api-key=hunter2-hunter2,broken",
            ),
            ("OTEL_BSP_SCHEDULE_DELAY", "5s"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=1,broken,b=%zz,c=3"),
            ("OTEL_SDK_DISABLED", "perhaps"),
        ],
    ),
    (
        "two_names_of_one_key",
        "[observability]\nmetrics_export_interval = \"10s\"\n\
         [observability.metrics]\nexport_interval = \"15s\"\nexport_timeout = \"1m\"\n\
         [profiling]\nserver_address = \"127.0.0.1\"\n",
        &[],
    ),
];

fn report((_, text, variables): &Case) -> String {
    let environment = Environment::of(variables.iter().copied());
    let read = Config::layered(Some((Path::new("caxton.toml"), text)), &environment);
    let report = match read {
        Ok(config) => {
            let warnings: Vec<_> = config.warnings().iter().map(ToString::to_string).collect();
            format!("accepted, with\n\n{}", warnings.join("\n\n"))
        }
        Err(error) => {
            let told = |severity| {
                let mistakes = error.mistakes().iter();
                mistakes.filter(|it| it.severity == severity).count()
            };
            assert!(told(Severity::Error) > 0, "{error}");
            // What `main` prints.
            assert_eq!(format!("{error}"), format!("{error:?}"));
            error.to_string()
        }
    };
    format!("{report}\n")
}

#[test]
fn each_mistake_has_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected/config");
    let mut wrong = Vec::new();
    for case in CASES {
        let path = folder.join(format!("{}.txt", case.0));
        let report = report(case);
        if std::env::var_os("CAXTON_BLESS").is_some() {
            std::fs::write(&path, &report).expect("the folder is there");
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if expected.replace("\r\n", "\n") != report {
            wrong.push(format!("{}:\n{report}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_message_shows_a_secret() {
    for case in CASES {
        let report = report(case);
        for secret in ["hunter2", "correct horse"] {
            assert!(!report.contains(secret), "{}: {report}", case.0);
        }
    }
}

#[test]
fn every_file_of_messages_is_of_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected/config");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy().replace(".txt", "");
        assert!(
            CASES.iter().any(|case| case.0 == name),
            "{name} is left over"
        );
    }
}
