//! What the layer takes from the allocator, once its series exist. One test: the
//! counter is the program's.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use caxton_instrument::prelude::*;
use caxton_instrument_export::http::{HttpLayer, Route};
use caxton_instrument_export::http_metrics;
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::Full;
use tower::{Layer as _, Service, service_fn};

http_metrics! {
    /// The API under test.
    struct ApiHttp { namespace = "api" }
}

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
#[allow(unsafe_code, reason = "an allocator that counts")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

type Bytes = Full<bytes::Bytes>;

fn answer<B>(_: Request<B>) -> Ready<Result<Response<Bytes>, Infallible>> {
    let body = Full::new(bytes::Bytes::from_static(b"an answer"));
    ready(Ok(Response::new(body)))
}

/// One request with an answer that is read to its end.
fn call<S, B>(service: &mut S, route: Option<Route>)
where
    S: Service<Request<Bytes>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body + Unpin,
{
    let mut cx = Context::from_waker(Waker::noop());
    let mut request = Request::new(Full::new(bytes::Bytes::from_static(b"a question")));
    if let Some(route) = route {
        request.extensions_mut().insert(route);
    }
    let mut future = pin!(service.call(request));
    let Poll::Ready(Ok(mut answer)) = future.as_mut().poll(&mut cx) else {
        panic!("it is ready");
    };
    while let Poll::Ready(Some(Ok(_))) = pin!(answer.body_mut()).poll_frame(&mut cx) {}
    assert!(answer.body().is_end_stream());
}

fn allocated(mut work: impl FnMut()) -> u64 {
    let before = ALLOCATED.with(Cell::get);
    for _ in 0..1_000 {
        work();
    }
    ALLOCATED.with(Cell::get) - before
}

#[test]
fn the_layer_allocates_nothing_for_a_request() {
    ApiHttp::global();
    let _telemetry = caxton_instrument_export::builder()
        .install()
        .expect("a sound catalog");
    let mut bare = service_fn(answer);
    let mut measured = HttpLayer::<ApiHttp>::new().layer(service_fn(answer));
    for route in [None, Some(Route::from("/orders/{id}"))] {
        // The series, and what the thread remembers of them.
        for _ in 0..10 {
            call(&mut measured, route.clone());
        }
        let (without, with) = (
            allocated(|| call(&mut bare, route.clone())),
            allocated(|| call(&mut measured, route.clone())),
        );
        assert_eq!(with, without, "{route:?}");
    }
}
