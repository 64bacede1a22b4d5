//! What a client has to know, and nobody else may see.

use std::fmt;
use std::path::PathBuf;

/// A token or a password: given in code, or read from the environment or from a
/// file when telemetry is installed. It is never printed.
///
/// ```
/// use caxton_instrument_export::server::Secret;
///
/// let token = Secret::new("correct horse battery staple");
/// assert_eq!(format!("{token:?}"), "Secret(..)");
/// let token = Secret::env("METRICS_TOKEN");
/// assert_eq!(format!("{token:?}"), "Secret(env METRICS_TOKEN)");
/// ```
#[derive(Clone)]
pub struct Secret(Source);

#[derive(Clone)]
enum Source {
    Value(String),
    Env(String),
    File(PathBuf),
}

impl Secret {
    /// A secret that the program knows by now.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(Source::Value(value.into()))
    }

    /// The value of an environment variable.
    #[must_use]
    pub fn env(name: impl Into<String>) -> Self {
        Self(Source::Env(name.into()))
    }

    /// The content of a file, without the line's end after it, as container
    /// platforms mount secrets.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(path.into()))
    }

    /// The secret itself.
    ///
    /// # Errors
    ///
    /// What is wrong, in words that do not hold the secret.
    pub(super) fn read(&self) -> Result<String, String> {
        let value = match &self.0 {
            Source::Value(value) => value.clone(),
            Source::Env(name) => std::env::var(name).map_err(|error| match error {
                std::env::VarError::NotPresent => {
                    format!("the environment variable `{name}` is not set")
                }
                std::env::VarError::NotUnicode(_) => {
                    format!("the environment variable `{name}` is no UTF-8")
                }
            })?,
            Source::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    format!("the file `{}` cannot be read: {error}", path.display())
                })?;
                String::from(text.trim_end_matches(['\r', '\n']))
            }
        };
        if value.is_empty() {
            return Err(format!("{} is empty", self.place()));
        }
        Ok(value)
    }

    fn place(&self) -> String {
        match &self.0 {
            Source::Value(_) => String::from("it"),
            Source::Env(name) => format!("the environment variable `{name}`"),
            Source::File(path) => format!("the file `{}`", path.display()),
        }
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Value(_) => f.write_str("Secret(..)"),
            Source::Env(name) => write!(f, "Secret(env {name})"),
            Source::File(path) => write!(f, "Secret(file {})", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_loses_the_end_of_its_line_and_nothing_else() {
        let path = std::env::temp_dir().join(format!("caxton-secret-{}", std::process::id()));
        std::fs::write(&path, " a b \r\n").unwrap();
        let read = Secret::file(&path).read();
        std::fs::write(&path, "\n").unwrap();
        let empty = Secret::file(&path).read();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read, Ok(String::from(" a b ")));
        assert!(empty.is_err_and(|message| message.ends_with("is empty")));
    }

    #[test]
    fn what_cannot_be_read_names_the_place() {
        let message = Secret::env("CAXTON_NO_SUCH_VARIABLE").read().unwrap_err();
        assert!(
            message.contains("`CAXTON_NO_SUCH_VARIABLE` is not set"),
            "{message}"
        );
        let message = Secret::file("/no/such/file").read().unwrap_err();
        assert!(message.contains("`/no/such/file`"), "{message}");
    }
}
