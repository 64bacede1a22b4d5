//! The macro that makes the metrics those of the product that uses them: in the
//! catalog of a program without the layer they are not.

/// Declares the metrics of an HTTP service, to record in with an
/// [`HttpLayer`](crate::http::HttpLayer).
///
/// ```
/// use caxton_instrument_export::http_metrics;
///
/// http_metrics! {
///     /// The shop's own API.
///     pub struct ShopHttp { namespace = "shop", max_routes = 200 }
/// }
///
/// assert_eq!(ShopHttp::HTTP_REQUESTS.name(), "shop_http_requests_total");
/// ```
///
/// The struct is a [`MetricSet`](caxton_instrument::MetricSet), so that
/// `ShopHttp::HTTP_REQUESTS`, `HTTP_REQUEST_DURATION` and the like are there for queries.
///
/// | option | meaning |
/// |---|---|
/// | `namespace = "shop"` | the first word of every name, `caxton` if it is left out |
/// | `max_routes = 200` | templates that have series of their own, 100 if left out, 1,000 at most; others read `_overflow` |
///
/// They are given in this order. One program has one set in one namespace: two
/// would meet in the catalog, which says so.
#[macro_export]
macro_rules! http_metrics {
    ($(#[$attr:meta])* $vis:vis struct $name:ident $(;)?) => {
        $crate::__http_metrics! { [$(#[$attr])*] $vis $name "caxton" 100 }
    };
    ($(#[$attr:meta])* $vis:vis struct $name:ident { namespace = $namespace:literal $(,)? } $(;)?) => {
        $crate::__http_metrics! { [$(#[$attr])*] $vis $name $namespace 100 }
    };
    ($(#[$attr:meta])* $vis:vis struct $name:ident { max_routes = $routes:literal $(,)? } $(;)?) => {
        $crate::__http_metrics! { [$(#[$attr])*] $vis $name "caxton" $routes }
    };
    (
        $(#[$attr:meta])* $vis:vis struct $name:ident {
            namespace = $namespace:literal, max_routes = $routes:literal $(,)?
        } $(;)?
    ) => {
        $crate::__http_metrics! { [$(#[$attr])*] $vis $name $namespace $routes }
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "write `http_metrics! { pub struct ShopHttp { namespace = \"shop\", max_routes = 200 } }`; \
             both options may be left out, and they stand in this order"
        );
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __http_metrics {
    ([$(#[$attr:meta])*] $vis:vis $name:ident $namespace:literal $routes:literal) => {
        $(#[$attr])*
        #[derive($crate::__private::MetricSet, ::core::fmt::Debug)]
        #[metric_set(namespace = $namespace, crate = $crate::__private::caxton_instrument)]
        #[allow(clippy::struct_field_names)]
        $vis struct $name {
            /// HTTP requests that ended, by what was answered.
            #[metric(max_series = 312_000, max_values(route = $routes))]
            pub http_requests: $crate::__private::Counter<$crate::http::RequestLabels>,
            /// Time from the start of an HTTP request to the end of its answer, by how it ended.
            #[metric(
                unit = seconds,
                buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
                max_series = 32_000,
                max_values(route = $routes)
            )]
            pub http_request_duration: $crate::__private::Histogram<$crate::http::TimeLabels>,
            /// Size of the body of an HTTP request, as far as it was read.
            #[metric(
                unit = bytes,
                buckets = exponential(64.0, 8.0, 8),
                max_series = 8_000,
                max_values(route = $routes)
            )]
            pub http_request_size: $crate::__private::Histogram<$crate::http::RouteLabels>,
            /// Size of the body of the answer to an HTTP request, as far as it was sent.
            #[metric(
                unit = bytes,
                buckets = exponential(64.0, 8.0, 8),
                max_series = 8_000,
                max_values(route = $routes)
            )]
            pub http_response_size: $crate::__private::Histogram<$crate::http::RouteLabels>,
            /// HTTP requests under way.
            #[metric(max_series = 8_000, max_values(route = $routes))]
            pub http_active_requests: $crate::__private::Gauge<$crate::http::RouteLabels>,
            /// HTTP connections that are open.
            pub http_active_connections: $crate::__private::Gauge,
            /// WebSocket connections that are open.
            pub websocket_connections: $crate::__private::Gauge,
        }

        #[automatically_derived]
        impl $crate::http::HttpMetricSet for $name {
            fn requests(&self) -> &$crate::__private::Counter<$crate::http::RequestLabels> {
                &self.http_requests
            }

            fn request_duration(&self) -> &$crate::__private::Histogram<$crate::http::TimeLabels> {
                &self.http_request_duration
            }

            fn request_size(&self) -> &$crate::__private::Histogram<$crate::http::RouteLabels> {
                &self.http_request_size
            }

            fn response_size(&self) -> &$crate::__private::Histogram<$crate::http::RouteLabels> {
                &self.http_response_size
            }

            fn active_requests(&self) -> &$crate::__private::Gauge<$crate::http::RouteLabels> {
                &self.http_active_requests
            }

            fn active_connections(&self) -> &$crate::__private::Gauge {
                &self.http_active_connections
            }

            fn websocket_connections(&self) -> &$crate::__private::Gauge {
                &self.websocket_connections
            }
        }
    };
}
