//! An annotated function: what is known of it at compile time, and the series
//! of its executions once they are.

use std::borrow::Borrow;
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::sync::{Once, OnceLock};

use tracing::callsite::{DefaultCallsite, Identifier};
use tracing::field::FieldSet;
use tracing::metadata::Kind;
use tracing::{Level, Metadata, Span};

use super::execution::{Execution, Phase, Series};
use super::known::Known;
use super::labels::Status;
use super::set::AgentMetricSet;
use super::span::{self, AgentId, FIELDS};
use crate::clock::Started;
use crate::descriptor::{AgentType, Location, OperationDescriptor};
use crate::exemplar;
use crate::label::LabelValue;
use crate::link::{CounterLink, GaugeLink, HistogramLink};
use crate::recorder::slab::Own;
use crate::registry::{self, Declared};
use crate::series::Family;

/// One annotated function, in a `static` of its expansion.
///
/// The compiler asks of each such static whether its type may be shared, can
/// change and has something to drop, and looks at every field's fields: a cell
/// is all of an answer, so that hundreds of functions ask only of that.
pub struct Site(UnsafeCell<Parts>);

// SAFETY: nothing but shared references to the parts is ever made, and those
// may be shared, as the constant asks of them.
unsafe impl Sync for Site {}

const _: () = {
    const fn is_sync<T: Sync>() {}
    is_sync::<Parts>();
};

impl Deref for Site {
    type Target = Parts;

    #[inline(always)]
    fn deref(&self) -> &Parts {
        self.parts()
    }
}

/// What is known of the function, and what is found out.
pub struct Parts {
    operation: OperationDescriptor,
    /// Looks the series up in the global instance of the function's set.
    resolve: fn(&str, &str) -> Families,
    /// The series under a literal agent type: one look-up in the life of the
    /// program.
    families: ManuallyDrop<OnceLock<Families>>,
    known: Known,
    /// Where the agent type is an expression: whether literal ones have their
    /// places.
    reserved: Once,
    callsite: DefaultCallsite,
    metadata: Metadata<'static>,
}

impl Site {
    /// `this` is the static that is being initialised: the span's metadata
    /// point at their own call site.
    ///
    /// All that an expansion states in one call: the compiler takes longer over
    /// several values and moves of them.
    #[must_use]
    #[allow(clippy::too_many_arguments)]
    pub const fn new<S: AgentMetricSet>(
        this: &'static Self,
        agent_type: AgentType,
        operation: &'static str,
        span: &'static str,
        is_async: bool,
        level: Level,
        file: &'static str,
        line: u32,
        column: u32,
        module: &'static str,
        krate: &'static str,
        version: &'static str,
    ) -> Self {
        let this = this.parts();
        Self(UnsafeCell::new(Parts {
            operation: OperationDescriptor::new(
                agent_type,
                operation,
                span,
                is_async,
                S::SET,
                Location::new(file, line, column, module, krate, version),
            ),
            resolve: Families::global::<S>,
            families: const { ManuallyDrop::new(OnceLock::new()) },
            known: const { Known::new() },
            reserved: const { Once::new() },
            callsite: DefaultCallsite::new(&this.metadata),
            metadata: Metadata::new(
                span,
                module,
                level,
                Some(file),
                Some(line),
                Some(module),
                FieldSet::new(FIELDS, Identifier(&this.callsite)),
                Kind::SPAN,
            ),
        }))
    }

    #[inline(always)]
    const fn parts(&self) -> &Parts {
        // SAFETY: never borrowed mutably; while the static is made, `new` takes
        // nothing but addresses of it.
        unsafe { &*self.0.get() }
    }

    /// The function, for the catalog.
    #[must_use]
    pub const fn descriptor(&'static self) -> &'static OperationDescriptor {
        &self.parts().operation
    }

    /// Starts an execution under the literal agent type, in a span of its own
    /// when a subscriber wants it.
    #[must_use]
    pub fn begin(&'static self) -> Execution {
        self.begin_at(Phase::Waiting)
    }

    /// The same, and enters it.
    #[must_use]
    pub fn enter(&'static self) -> Execution {
        self.begin_at(Phase::Running)
    }

    /// Starts an execution under the literal agent type.
    #[inline(never)]
    #[must_use]
    pub fn begin_without_span(&'static self) -> Execution {
        self.begin_at_once(Phase::Waiting)
    }

    /// The same, and enters it.
    #[inline(never)]
    #[must_use]
    pub fn enter_without_span(&'static self) -> Execution {
        self.begin_at_once(Phase::Running)
    }

    #[inline(always)]
    fn begin_at(&'static self, phase: Phase) -> Execution {
        if span::may_be_wanted(&self.metadata) {
            return self.begin_if_wanted(phase);
        }
        self.begin_at_once(phase)
    }

    /// One call of whoever begins, which writes the execution to where it stays:
    /// inlined it would be moved twice.
    #[inline(always)]
    fn begin_at_once(&'static self, phase: Phase) -> Execution {
        // First, since all that is known by then would have to be kept: in a
        // library it is a call.
        let own = Own::current();
        if let Some(started) = Started::at_once()
            && self.known.begin_at_once(own)
        {
            return Execution::of_site(self, started, phase);
        }
        self.begin_at_last(phase)
    }

    #[cold]
    #[inline(never)]
    fn begin_at_last(&'static self, phase: Phase) -> Execution {
        // Where the clock is a call, nothing else is missing.
        let started = Started::now();
        if self.known.begin_at_once(Own::current()) {
            return Execution::of_site(self, started, phase);
        }
        Execution::start(Series::Site(self), None).at(phase)
    }

    #[inline(never)]
    fn begin_if_wanted(&'static self, phase: Phase) -> Execution {
        if span::wanted_at_its_level(&self.callsite, &self.metadata) {
            let span = self.open(self.agent_type(), None);
            return self.begin_with(span).at(phase);
        }
        self.begin_at_once(phase)
    }

    /// The same in a span, if it is one.
    pub fn begin_with(&'static self, span: Span) -> Execution {
        Execution::start(Series::Site(self), some(span))
    }

    /// Starts an execution under an agent type that is known by now.
    pub fn begin_as(&'static self, agent_type: &str, span: Span) -> Execution {
        self.reserved.call_once(|| self.reserve());
        let families = (self.resolve)(agent_type, self.operation.operation);
        Execution::start(Series::Own(families), some(span))
    }

    /// The span of an execution, when a subscriber wants it.
    #[must_use]
    pub fn span(&'static self, agent_type: &str) -> Span {
        if !span::wanted(&self.callsite, &self.metadata) {
            return span::NONE;
        }
        self.open(agent_type, None)
    }

    /// The same of an agent with an identity.
    #[must_use]
    pub fn span_of(&'static self, agent_type: &str, agent_id: AgentId<'_>) -> Span {
        if !span::wanted(&self.callsite, &self.metadata) {
            return span::NONE;
        }
        self.open(agent_type, Some(agent_id))
    }

    fn open(&'static self, agent_type: &str, agent_id: Option<AgentId<'_>>) -> Span {
        let operation = self.operation.operation;
        span::open(&self.metadata, agent_type, operation, agent_id)
    }

    pub(super) fn families(&'static self) -> &'static Families {
        self.families
            .get_or_init(|| (self.resolve)(self.agent_type(), self.operation.operation))
    }

    pub(super) fn change_active(&'static self, by: f64) -> bool {
        self.known.change_active(by, self.families())
    }

    /// Ends an execution without a span whose gauge is up, if that can be done
    /// at once; nothing is done otherwise.
    #[inline(always)]
    pub(super) fn end_at_once(&self, own: Own, status: Status, elapsed: f64) -> bool {
        self.known.end_at_once(own, status, elapsed)
    }

    pub(super) fn end(&'static self, active: bool, status: Status, elapsed: f64) {
        self.known.end(active, status, elapsed, self.families());
    }

    /// Ends the same in any case.
    #[inline(never)]
    pub(super) fn end_and_offer(&'static self, status: Status, elapsed: f64) {
        self.end(true, status, elapsed);
        if exemplar::wanted() {
            self.families().offer(status, elapsed, None);
        }
    }

    /// Gives the agent types that are literals their places among the label's
    /// values, before others can take them all.
    #[cold]
    fn reserve(&self) {
        for declared in registry::declared() {
            if let Declared::Operation(other) = declared
                && other.set.location == self.operation.set.location
                && let AgentType::Literal(agent_type) = other.agent_type
            {
                (self.resolve)(agent_type, other.operation);
            }
        }
    }

    fn agent_type(&self) -> &'static str {
        match self.operation.agent_type {
            AgentType::Literal(text) => text,
            AgentType::Open => "",
        }
    }
}

/// A site whose executions are recorded in an instance of `S` that an
/// expression gives.
pub struct SiteOf<S> {
    site: &'static Site,
    set: PhantomData<fn() -> S>,
}

impl<S: AgentMetricSet> SiteOf<S> {
    /// The site as one that takes instances of its set.
    #[must_use]
    pub const fn new(site: &'static Site) -> Self {
        Self {
            site,
            set: PhantomData,
        }
    }

    /// The site itself.
    #[must_use]
    pub const fn site(&self) -> &'static Site {
        self.site
    }

    /// Starts an execution in `handle`'s set.
    pub fn begin_in<H: SetHandle<S> + ?Sized>(
        &self,
        handle: &H,
        agent_type: &str,
        span: Span,
    ) -> Execution {
        let families = Families::of(
            handle.agent_set(),
            agent_type,
            self.site.operation.operation,
        );
        Execution::start(Series::Own(families), some(span))
    }
}

/// A span that is one.
fn some(span: Span) -> Option<Span> {
    (!span.is_none()).then_some(span)
}

/// What `metrics = expression` may be: the function's set, or a reference,
/// `Arc`, `Box` or `SetInstance` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the set `{S}`, under which the catalog lists this function",
    label = "expected `{S}`, or a reference, `Arc`, `Box` or `SetInstance` of it",
    note = "name another set after the expression, `metrics = expression as MyAgents`, or make it the crate's own: `default` in its `agent_metrics!`"
)]
pub trait SetHandle<S> {
    /// The set.
    fn agent_set(&self) -> &S;
}

#[diagnostic::do_not_recommend]
impl<S: AgentMetricSet, H: Borrow<S> + ?Sized> SetHandle<S> for H {
    fn agent_set(&self) -> &S {
        self.borrow()
    }
}

/// The series of one agent type and operation; the status, known at the end,
/// picks among them.
#[derive(Clone)]
pub(crate) struct Families {
    pub(crate) executions: Family<CounterLink>,
    pub(crate) duration: Family<HistogramLink>,
    pub(crate) active: Family<GaugeLink>,
}

impl Families {
    fn global<S: AgentMetricSet>(agent_type: &str, operation: &str) -> Self {
        Self::of(S::global(), agent_type, operation)
    }

    pub(super) fn change_active(&self, by: f64) -> bool {
        self.active.add(0, by)
    }

    /// Counts an execution that ended, and how long it took.
    #[inline(never)]
    pub(super) fn end(&self, active: bool, status: Status, elapsed: f64) {
        if active {
            self.change_active(-1.0);
        }
        self.duration.record(status.index(), elapsed);
        self.executions.increment(status.index(), 1);
    }

    /// Offers what was counted for an execution as exemplars.
    #[cold]
    pub(crate) fn offer(&self, status: Status, elapsed: f64, span: Option<&Span>) {
        let executions = self.executions.index(status.index());
        let duration = self.duration.index(status.index());
        let bounds = self.duration.bounds();
        exemplar::offer_execution(executions, (duration, bounds), elapsed, span);
    }

    fn of<S: AgentMetricSet>(set: &S, agent_type: &str, operation: &str) -> Self {
        let open = [agent_type, operation];
        Self {
            executions: set.executions().family(&open),
            duration: set.execution_duration().family(&open),
            active: set.executions_active().family(&open),
        }
    }
}
