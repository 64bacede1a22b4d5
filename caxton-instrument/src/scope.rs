//! Where the series of a set live: the program's recorder, or one of its own.

use std::cell::Cell;
use std::mem::size_of_val;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use metrics::{Key, Metadata, Recorder};

use crate::descriptor::MetricDescriptor;
use crate::diagnostics::{self, Diagnostic};
use crate::link::Link;
use crate::meta::Meta;
use crate::recorder::Registry;
use crate::recorder::bounds::Bounds;

/// A recorder shared by the sets created in it.
pub type SharedRecorder = Arc<dyn Recorder + Send + Sync>;

/// What [`MetricSet::new_in`](crate::MetricSet::new_in) takes: a recorder, by
/// value or reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a recorder that sets can share",
    label = "expected a recorder that can be shared",
    note = "write `Arc::new(recorder)`; in a test, a reference to a `TestRecorder`"
)]
pub trait IntoRecorder {
    /// The recorder, shared.
    fn into_recorder(self) -> SharedRecorder;
}

impl IntoRecorder for SharedRecorder {
    fn into_recorder(self) -> SharedRecorder {
        self
    }
}

impl<R: Recorder + Send + Sync + 'static> IntoRecorder for Arc<R> {
    fn into_recorder(self) -> SharedRecorder {
        self
    }
}

impl IntoRecorder for Registry {
    fn into_recorder(self) -> SharedRecorder {
        Arc::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R: IntoRecorder + Clone> IntoRecorder for &R {
    fn into_recorder(self) -> SharedRecorder {
        self.clone().into_recorder()
    }
}

/// Where the series of a set are registered; made by the derives.
#[derive(Clone)]
pub struct Scope {
    source: Source,
    meta: Option<Arc<Meta>>,
}

#[derive(Clone)]
enum Source {
    Global,
    Own(SharedRecorder),
}

/// What a registration came to.
pub(crate) struct Registered<H> {
    pub(crate) handle: H,
    /// The handle stays valid for as long as the program runs.
    pub(crate) cacheable: bool,
    /// A recorder takes the updates.
    pub(crate) live: bool,
}

impl Scope {
    /// The program's recorder, whenever it is installed.
    #[must_use]
    pub fn global() -> Self {
        Self {
            source: Source::Global,
            meta: Some(Meta::global()),
        }
    }

    /// A recorder of one's own.
    #[must_use]
    pub fn own(recorder: SharedRecorder) -> Self {
        let source = Source::Own(recorder);
        let meta = Arc::new(Meta::new(&Self {
            source: source.clone(),
            meta: None,
        }));
        Self {
            source,
            meta: Some(meta),
        }
    }

    /// The program's recorder without self-measurement, for the facade's own
    /// metrics.
    pub(crate) fn global_unmeasured() -> Self {
        Self {
            source: Source::Global,
            meta: None,
        }
    }

    pub(crate) fn meta(&self) -> Option<&Meta> {
        self.meta.as_deref()
    }

    pub(crate) fn register<H: Link>(&self, key: &Key, metadata: &Metadata<'_>) -> Registered<H> {
        match &self.source {
            Source::Own(recorder) => Registered {
                handle: H::of_recorder(&**recorder, key, metadata),
                cacheable: true,
                live: true,
            },
            Source::Global => register_global(key, metadata),
        }
    }

    /// The bounds by which a histogram's samples are sorted on the way to our
    /// own recorder, which may have more of them than are declared. Behind
    /// another one, and in a set that was made before the install, those that
    /// are declared: a cell with others then sorts its samples itself.
    pub(crate) fn bounds(&self, metric: &'static MetricDescriptor) -> Arc<Bounds> {
        let installed = match self.source {
            Source::Global => BARE.get().and_then(|registry| registry.bounds(metric)),
            Source::Own(_) => None,
        };
        installed.unwrap_or_else(|| Bounds::new(metric.cell_bounds()))
    }

    /// Takes a series out of our own recorder; others cannot lose one.
    pub(crate) fn forget(&self, key: &Key) {
        if let (Source::Global, Some(registry)) = (&self.source, BARE.get()) {
            registry.remove(key);
        }
    }
}

/// Our own recorder, if it was installed with nothing around it: then a handle
/// may keep the cell and skip the dynamic call. A layer that wraps it is a
/// recorder of another type, and is never bypassed.
static BARE: OnceLock<Registry> = OnceLock::new();

/// Set once a recorder was installed through [`install`](crate::install).
static INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether the registration under way on this thread reached [`Installed`].
    static REACHED: Cell<bool> = const { Cell::new(false) };
}

/// `metrics` hands out a no-op before a recorder is installed and another
/// recorder's handle inside a test scope; neither may be kept. A handle is
/// kept only when its registration went through the recorder that
/// [`install`](crate::install) wrapped.
fn register_global<H: Link>(key: &Key, metadata: &Metadata<'_>) -> Registered<H> {
    let installed = INSTALLED.load(Ordering::Acquire);
    // A thread that is being torn down has no flag any more: its last updates
    // take the slow path, which is always right.
    let _ = REACHED.try_with(|reached| reached.set(false));
    let (handle, has_size) = metrics::with_recorder(|recorder| {
        (
            H::of_recorder(recorder, key, metadata),
            size_of_val(recorder) != 0,
        )
    });
    let reached = REACHED.try_with(Cell::get).unwrap_or(false);
    let handle = match BARE.get() {
        Some(registry) if installed && reached => H::of_registry(registry, key).unwrap_or(handle),
        _ => handle,
    };
    // While `install` runs, its recorder is reached before the flag is set.
    if has_size && !installed && !reached {
        diagnostics::once(&Diagnostic::InstalledElsewhere);
    }
    Registered {
        handle,
        cacheable: installed && reached,
        // The no-op recorder of `metrics` has no size; of the others only a
        // unit struct has none.
        live: has_size || reached,
    }
}

/// The program's recorder, as [`install`](crate::install) hands it to
/// `metrics`: it marks registrations that reached it.
pub(crate) struct Installed<R>(pub(crate) R);

/// Remembers what was installed.
pub(crate) fn mark_installed(bare: Option<Registry>) {
    if let Some(registry) = bare {
        let _ = BARE.set(registry);
    }
    INSTALLED.store(true, Ordering::Release);
    run_pending();
}

type Pending = Box<dyn FnOnce() + Send>;

/// What waits for a recorder: facts that were stated before there was one.
static PENDING: Mutex<Vec<Pending>> = Mutex::new(Vec::new());

/// Runs `work` once a recorder is installed.
pub(crate) fn when_installed(work: impl FnOnce() + Send + 'static) {
    PENDING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Box::new(work));
    if INSTALLED.load(Ordering::Acquire) {
        run_pending();
    }
}

fn run_pending() {
    let pending = std::mem::take(&mut *PENDING.lock().unwrap_or_else(PoisonError::into_inner));
    for work in pending {
        work();
    }
}

fn reached() {
    let _ = REACHED.try_with(|reached| reached.set(true));
}

impl<R: Recorder> Recorder for Installed<R> {
    fn describe_counter(
        &self,
        key: metrics::KeyName,
        unit: Option<metrics::Unit>,
        description: metrics::SharedString,
    ) {
        self.0.describe_counter(key, unit, description);
    }

    fn describe_gauge(
        &self,
        key: metrics::KeyName,
        unit: Option<metrics::Unit>,
        description: metrics::SharedString,
    ) {
        self.0.describe_gauge(key, unit, description);
    }

    fn describe_histogram(
        &self,
        key: metrics::KeyName,
        unit: Option<metrics::Unit>,
        description: metrics::SharedString,
    ) {
        self.0.describe_histogram(key, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Counter {
        let handle = self.0.register_counter(key, metadata);
        reached();
        handle
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Gauge {
        let handle = self.0.register_gauge(key, metadata);
        reached();
        handle
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> metrics::Histogram {
        let handle = self.0.register_histogram(key, metadata);
        reached();
        handle
    }
}
