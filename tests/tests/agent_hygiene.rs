//! `#[instrument_agent]` where the usual names mean something else.

#![allow(dead_code, missing_docs)]
// Names and forms are the subject.
#![allow(clippy::let_and_return, clippy::manual_async_fn)]

mod agent_parts;

use agent_parts::{Lab, block_on};

/// The facade under another path.
mod renamed {
    pub(crate) use caxton_instrument as telemetry;
}

/// Modules named like crates, types named like those of the prelude, methods
/// of every type named like those of the expansion.
mod shadowed {
    #![no_implicit_prelude]
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
    struct Box;
    struct Send;
    struct Sync;
    struct Sized;
    struct FnOnce;
    struct Future;
    struct Pin;
    struct str;
    struct bool;
    struct Execution;
    struct Site;
    struct Probe;
    struct Returned;
    struct Verdict;

    macro_rules! panic {
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
    pub(crate) use {concat, env, file, module_path, panic};

    pub(crate) trait Everywhere: ::std::marker::Sized {
        fn begin(self) {}
        fn begin_in(self) {}
        fn begin_with(self) {}
        fn enter(self) {}
        fn finish(self) {}
        fn kind(&self) {}
        fn verdict(&self) {}
        fn span(self) {}
        fn set(self) {}
        fn postpone(self) {}
        fn overruled(&self) {}
    }

    impl<T> Everywhere for T {}

    type Set = ::caxton_instrument::AgentMetrics;
    type Fallible = ::std::result::Result<u32, ::std::string::String>;
    type Boxed<'a> = ::std::pin::Pin<
        ::std::boxed::Box<dyn ::std::future::Future<Output = Fallible> + ::std::marker::Send + 'a>,
    >;

    #[::caxton_instrument::instrument_agent(agent_type = "tester", metrics = metrics)]
    pub(crate) fn call(metrics: &Set) -> Fallible {
        let _ = metrics;
        ::std::result::Result::Ok(1)
    }

    #[::caxton_instrument::instrument_agent(agent_type = "tester", metrics = metrics, agent_id = 1, ok_if = |_| true)]
    pub(crate) async fn work(metrics: &Set) -> Fallible {
        let _ = metrics;
        ::std::result::Result::Ok(1)
    }

    #[::caxton_instrument::instrument_agent(agent_type = "tester", metrics = metrics, fields(a = 1, b = %2, c = ?3))]
    pub(crate) fn boxed(metrics: &Set) -> Boxed<'_> {
        ::std::boxed::Box::pin(async move {
            let _ = metrics;
            ::std::result::Result::Ok(1)
        })
    }

    #[::caxton_instrument::instrument_agent(agent_type = "tester", metrics = metrics, skip_span)]
    pub(crate) fn later(metrics: &Set) -> impl ::std::future::Future<Output = Fallible> {
        async move {
            let _ = metrics;
            ::std::result::Result::Ok(1)
        }
    }

    #[::caxton_instrument::instrument_agent(agent_type = "tester")]
    pub(crate) fn global() {}

    #[super::renamed::telemetry::instrument_agent(agent_type = "tester", crate = super::renamed::telemetry)]
    pub(crate) async fn by_another_path() {}
}

/// The expansion's own names, used by the user.
mod taken {
    use caxton_instrument::{AgentMetrics, instrument_agent};

    #[instrument_agent(agent_type = __agent_type, metrics = __execution, fields(__span, __value))]
    pub(crate) fn names(
        __execution: &AgentMetrics,
        __agent_type: &str,
        __span: u32,
        __value: u32,
    ) -> u32 {
        let __site = __span;
        __site + __value
    }

    #[instrument_agent(agent_type = __agent_type, metrics = __execution, ok_if = |__value| *__value == __span)]
    pub(crate) async fn names_later(
        __execution: &AgentMetrics,
        __agent_type: &str,
        __span: u32,
    ) -> u32 {
        let __returned = __span;
        __returned
    }
}

#[test]
fn shadowed_names() {
    let lab = Lab::new();
    assert_eq!(shadowed::call(&lab.metrics), Ok(1));
    assert_eq!(block_on(shadowed::work(&lab.metrics)), Ok(1));
    assert_eq!(block_on(shadowed::boxed(&lab.metrics)), Ok(1));
    assert_eq!(block_on(shadowed::later(&lab.metrics)), Ok(1));
    shadowed::global();
    block_on(shadowed::by_another_path());
    for operation in ["call", "work", "boxed", "later"] {
        lab.assert(operation, [1, 0, 0, 0]);
    }
}

#[test]
fn names_of_the_expansion() {
    let lab = Lab::new();
    assert_eq!(taken::names(&lab.metrics, "tester", 1, 2), 3);
    assert_eq!(block_on(taken::names_later(&lab.metrics, "tester", 1)), 1);
    lab.assert("names", [1, 0, 0, 0]);
    lab.assert("names_later", [1, 0, 0, 0]);
}
