//! Expansions in places where the usual names mean something else.

// Declared to be compiled; no caller reads all of it.
#![allow(dead_code, unreachable_pub)]

/// Modules named like crates, types named like those of the prelude.
mod shadowed {
    #![allow(non_camel_case_types, unused_imports, unused_macros)]

    mod std {}
    mod core {}
    mod alloc {}
    mod caxton_instrument {}
    mod inventory {}
    mod metrics {}
    mod tracing {}

    struct Option;
    struct Some;
    struct None;
    struct Result;
    struct Ok;
    struct Err;
    struct Vec;
    struct String;
    struct Box;
    struct Clone;
    struct Copy;
    struct Default;
    struct Send;
    struct Sync;
    struct Sized;
    struct Iterator;
    struct usize;
    struct u32;
    struct u64;
    struct f64;
    struct str;
    struct LabelValues;
    struct Location;
    struct Metric;
    struct MetricRef;
    struct LabelRef;
    struct Unit;
    struct NativeBuckets;
    struct Scope;
    struct Message;

    macro_rules! panic {
        () => {
            compile_error!("the user's own")
        };
    }
    macro_rules! unreachable {
        () => {
            compile_error!("the user's own")
        };
    }
    macro_rules! concat {
        () => {
            compile_error!("the user's own")
        };
    }
    macro_rules! env {
        () => {
            compile_error!("the user's own")
        };
    }
    macro_rules! file {
        () => {
            compile_error!("the user's own")
        };
    }
    macro_rules! module_path {
        () => {
            compile_error!("the user's own")
        };
    }
    pub(crate) use {concat, env, file, module_path, panic, unreachable};

    #[derive(::caxton_instrument::LabelValue, ::core::clone::Clone, ::core::marker::Copy)]
    pub enum Status {
        Ok,
        None,
    }

    #[derive(::caxton_instrument::LabelValue, ::core::clone::Clone, ::core::marker::Copy)]
    pub struct Flag(pub bool);

    #[derive(::caxton_instrument::LabelSet)]
    pub struct Labels {
        pub status: Status,
        pub flag: Flag,
        #[label(max_values = 10)]
        pub queue: ::caxton_instrument::Text,
    }

    /// Shadowed.
    #[derive(::caxton_instrument::MetricSet)]
    #[metric_set(namespace = "shadowed", labels(component = "test"))]
    pub struct Metrics {
        /// Things that were done.
        #[metric(max_values(queue = 5), allow(charset), reason = "shows the path")]
        pub done: ::caxton_instrument::Counter<Labels>,
        /// Time to do one thing.
        #[metric(unit = seconds, stability = deprecated(since = "1", note = "none"))]
        pub duration: ::caxton_instrument::Histogram<Labels>,
        /// Weight of one thing.
        #[metric(unit = grams, buckets = linear(1, 1, 3), replaces = ["weight_grams"])]
        pub weight: ::caxton_instrument::Histogram,
        /// Size of one thing.
        #[metric(unit = bytes, native)]
        pub size: ::caxton_instrument::Histogram,
    }

    ::caxton_instrument::agent_metrics! {
        /// Shadowed.
        pub struct Agents {
            namespace = "shadowed",
        }
    }
}

/// No prelude at all.
mod bare {
    #![no_implicit_prelude]

    use ::caxton_instrument::{Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Text};
    use ::core::clone::Clone;
    use ::core::marker::Copy;
    use ::core::prelude::v1::derive;

    #[derive(LabelValue, Clone, Copy)]
    pub enum Status {
        Done,
        Failed,
    }

    #[derive(LabelSet)]
    pub struct Labels {
        pub status: Status,
        #[label(max_values = 10)]
        pub queue: Text,
    }

    /// Bare.
    #[derive(MetricSet)]
    #[metric_set(namespace = "bare")]
    pub struct Metrics {
        /// Things that were done.
        pub done: Counter<Labels>,
        /// Things to do.
        pub waiting: Gauge,
        /// Time to do one thing.
        #[metric(unit = seconds)]
        pub duration: Histogram<Labels>,
    }

    ::caxton_instrument::agent_metrics! {
        /// Bare.
        pub struct Agents {
            namespace = "bare",
        }
    }
}

/// Another path to the facade, and declarations written by a macro.
mod wrapped {
    pub mod telemetry {
        pub use ::caxton_instrument::*;
    }

    macro_rules! declare {
        (
            $(#[$attr:meta])*
            $set:ident in $namespace:literal, labels $labels:ident { $($label:ident: $label_type:ty),* },
            bounds $buckets:expr, $most:literal,
            $($(#[$doc:meta])* $field:ident: $type:ty,)*
        ) => {
            #[derive($crate::wrapped::telemetry::LabelSet)]
            #[label_set(crate = $crate::wrapped::telemetry)]
            pub struct $labels {
                $(pub $label: $label_type,)*
                #[label(max_values = $most)]
                pub queue: $crate::wrapped::telemetry::Text,
            }

            $(#[$attr])*
            #[derive($crate::wrapped::telemetry::MetricSet)]
            #[metric_set(namespace = $namespace, crate = $crate::wrapped::telemetry)]
            pub struct $set {
                $($(#[$doc])* pub $field: $type,)*
                #[doc = concat!("Declared by a macro, in ", $namespace, ".")]
                pub jobs: $crate::wrapped::telemetry::Counter<$labels>,
                /// Time that one job takes.
                #[metric(unit = seconds, buckets = [$buckets, 10])]
                pub duration: $crate::wrapped::telemetry::Histogram<$labels>,
            }
        };
    }

    declare! {
        /// Wrapped.
        Metrics in "wrapped", labels Labels { urgent: bool },
        bounds 0.5, 20,
        /// Jobs that wait.
        waiting: telemetry::Gauge,
    }
}

#[test]
fn names_are_those_of_the_declarations() {
    use caxton_instrument::MetricSet;

    let names = |set: &caxton_instrument::SetDescriptor| -> Vec<&str> {
        set.metrics.iter().map(|metric| metric.name).collect()
    };
    assert_eq!(
        names(shadowed::Metrics::SET),
        [
            "shadowed_done_total",
            "shadowed_duration_seconds",
            "shadowed_weight_grams",
            "shadowed_size_bytes"
        ]
    );
    assert_eq!(
        names(bare::Metrics::SET),
        ["bare_done_total", "bare_waiting", "bare_duration_seconds"]
    );
    assert_eq!(
        names(wrapped::Metrics::SET),
        [
            "wrapped_waiting",
            "wrapped_jobs_total",
            "wrapped_duration_seconds"
        ]
    );
    assert_eq!(
        shadowed::Agents::SET.metrics.len(),
        bare::Agents::SET.metrics.len()
    );
}

#[test]
fn options_pass_through_macros() {
    let jobs = wrapped::Metrics::JOBS.descriptor();
    assert_eq!(jobs.help, "Declared by a macro, in wrapped.");
    assert_eq!(jobs.labels[1].values.bound(), 20);
    assert_eq!(wrapped::Metrics::DURATION.bounds(), [0.5, 10.0]);
}

#[test]
fn every_form_works() {
    use caxton_instrument::MetricSet;
    use caxton_instrument::testing::TestRecorder;

    let recorder = TestRecorder::new();
    let metrics = shadowed::Metrics::new_in(recorder.shared());
    let labels = shadowed::Labels::of(shadowed::Status::Ok, shadowed::Flag(true), "mail");
    metrics.done.at(&labels).increment(1);
    assert_eq!(recorder.counter(shadowed::Metrics::DONE, &labels), 1);

    let metrics = bare::Metrics::new_in(recorder.shared());
    let labels = bare::Labels::of(bare::Status::Failed, "mail");
    metrics.done.at(&labels).increment(1);
    assert_eq!(recorder.counter(bare::Metrics::DONE, &labels), 1);

    let metrics = wrapped::Metrics::new_in(recorder.shared());
    let labels = wrapped::Labels::of(true, "mail");
    metrics.jobs.at(&labels).increment(1);
    assert_eq!(recorder.counter(wrapped::Metrics::JOBS, &labels), 1);
}
