//! What was built.

use caxton_instrument::MetricSet as _;

use super::metrics::{BuildLabels, BuildMetrics};

/// The program, as it was built: labels of `process_build_info`.
/// [`build_info!`](crate::build_info) makes one for the package it stands in.
///
/// ```
/// use caxton_instrument_export::process::BuildInfo;
///
/// let build = BuildInfo::new("shop", "1.2.0").revision("7f3c2a1");
/// let builder = caxton_instrument_export::builder().build_info(build);
/// # let _ = builder;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildInfo {
    program: String,
    version: String,
    revision: String,
    rustc: String,
    profile: String,
}

impl BuildInfo {
    /// A program and its version, with the version of the compiler.
    #[must_use]
    pub fn new(program: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            version: version.into(),
            revision: String::new(),
            rustc: String::from(option_env!("CAXTON_BUILD_RUSTC").unwrap_or_default()),
            profile: String::new(),
        }
    }

    /// The commit that it was built from. There is none without this.
    #[must_use]
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = revision.into();
        self
    }

    /// How it was compiled, `release` or `debug`.
    #[must_use]
    pub fn profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = profile.into();
        self
    }

    pub(super) fn state(&self) {
        BuildMetrics::global().build.set(&BuildLabels::of(
            &self.program,
            &self.version,
            &self.revision,
            &self.rustc,
            &self.profile,
            std::env::consts::ARCH,
            std::env::consts::OS,
        ));
    }
}

/// The [`BuildInfo`](crate::process::BuildInfo) of the package that it is
/// written in. The commit is that of the environment variable `GIT_COMMIT` or,
/// as [vergen](https://docs.rs/vergen) has it, `VERGEN_GIT_SHA`, if one is set
/// when the package is compiled.
///
/// ```
/// let builder = caxton_instrument_export::builder()
///     .build_info(caxton_instrument_export::build_info!());
/// # let _ = builder;
/// ```
#[macro_export]
macro_rules! build_info {
    () => {{
        let info = $crate::process::BuildInfo::new(
            ::core::env!("CARGO_PKG_NAME"),
            ::core::env!("CARGO_PKG_VERSION"),
        )
        .profile(if ::core::cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        });
        match (
            ::core::option_env!("GIT_COMMIT"),
            ::core::option_env!("VERGEN_GIT_SHA"),
        ) {
            (::core::option::Option::Some(revision), _)
            | (::core::option::Option::None, ::core::option::Option::Some(revision)) => {
                info.revision(revision)
            }
            (::core::option::Option::None, ::core::option::Option::None) => info,
        }
    }};
}
