//! Whose telemetry it is.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::SystemTime;

/// What produces telemetry, as OpenTelemetry describes it: attributes that all
/// its metrics, traces and logs have in common. Names are those of the
/// [semantic conventions](https://opentelemetry.io/docs/specs/semconv/resource/).
///
/// ```
/// use caxton_instrument_export::Resource;
///
/// let shop = Resource::new("shop", "1.2.0").with("deployment.environment.name", "production");
/// assert_eq!(shop.get("service.name"), Some("shop"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    attributes: BTreeMap<String, String>,
}

impl Resource {
    /// The resource of a service: its name, its version, and what is known of
    /// the process without asking.
    #[must_use]
    pub fn new(service: impl Into<String>, version: impl Into<String>) -> Self {
        let attributes = BTreeMap::from([
            (String::from("service.name"), service.into()),
            (String::from("service.version"), version.into()),
            (String::from("process.pid"), std::process::id().to_string()),
            (String::from("telemetry.sdk.language"), String::from("rust")),
            (
                String::from("telemetry.sdk.name"),
                String::from("caxton-instrument"),
            ),
            (
                String::from("telemetry.sdk.version"),
                String::from(env!("CARGO_PKG_VERSION")),
            ),
        ]);
        Self { attributes }
    }

    /// The same with one more attribute, or with another value of it.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// The resource of a service that did not say who it is, named after the
    /// executable as the
    /// [semantic conventions](https://opentelemetry.io/docs/specs/semconv/resource/#service)
    /// ask.
    ///
    /// ```
    /// use caxton_instrument_export::Resource;
    ///
    /// let name = Resource::unnamed().get("service.name").map(String::from);
    /// assert!(name.is_some_and(|name| name.starts_with("unknown_service")));
    /// ```
    #[must_use]
    pub fn unnamed() -> Self {
        let executable = std::env::current_exe().ok();
        let name = executable.as_ref().and_then(|path| path.file_stem());
        let mut resource = Self::new(
            match name {
                Some(name) => format!("unknown_service:{}", name.to_string_lossy()),
                None => String::from("unknown_service"),
            },
            "",
        );
        resource.attributes.remove("service.version");
        resource
    }

    /// The same with what tells this instance from others: a random
    /// `service.instance.id`, and the machine's name as `host.name` where it is
    /// known. What is there stays.
    #[must_use]
    pub fn with_instance(mut self) -> Self {
        let mut add = |name: &str, value: String| {
            self.attributes.entry(name.to_owned()).or_insert(value);
        };
        add("service.instance.id", random_uuid());
        if let Some(host) = host_name() {
            add("host.name", host);
        }
        self
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// All attributes, in the order of their names.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Characters of an attribute's name and value, at most.
pub(crate) const MAX_NAME: usize = 255;
#[cfg(feature = "config")]
pub(crate) const MAX_VALUE: usize = 4_096;

/// Why an attribute is none.
#[cfg(feature = "config")]
pub(crate) fn check_attribute(name: &str, value: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        Err("has no name")
    } else if name.chars().count() > MAX_NAME {
        Err("has a name of more than 255 characters")
    } else if !name.bytes().all(|c| c.is_ascii_graphic()) {
        Err("has a name with other characters than visible ones of ASCII")
    } else if value.chars().count() > MAX_VALUE {
        Err("has a value of more than 4096 characters")
    } else if value.contains(char::is_control) {
        Err("has a control character in its value")
    } else {
        Ok(())
    }
}

/// A random UUID ([version 4](https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4)).
/// It tells instances apart and is no secret, so that what seeds hash tables is
/// random enough.
fn random_uuid() -> String {
    let word = || RandomState::new().hash_one(SystemTime::now());
    let bits = u128::from(word()) << 64 | u128::from(word());
    let bits = bits & !(0xf << 76 | 0x3 << 62) | 4 << 76 | 2 << 62;
    let digits = format!("{bits:032x}");
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    parts.join("-")
}

/// The machine's name, as far as it is known without asking the system.
fn host_name() -> Option<String> {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let file = files
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok());
    let name = file
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.len() <= MAX_NAME && !name.contains(char::is_control);
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_has_an_id_of_its_own() {
        let id = || {
            let resource = Resource::new("shop", "1").with_instance();
            resource.get("service.instance.id").map(String::from)
        };
        let (Some(a), Some(b)) = (id(), id()) else {
            panic!("no id");
        };
        assert_ne!(a, b);
        let dashes: Vec<_> = a.match_indices('-').map(|(at, _)| at).collect();
        assert_eq!((a.len(), dashes), (36, vec![8, 13, 18, 23]));
        assert_eq!(a.as_bytes()[14], b'4', "{a}");
        assert!(b"89ab".contains(&a.as_bytes()[19]), "{a}");
        let named = Resource::new("shop", "1").with("service.instance.id", "a");
        assert_eq!(named.with_instance().get("service.instance.id"), Some("a"));
    }
}
