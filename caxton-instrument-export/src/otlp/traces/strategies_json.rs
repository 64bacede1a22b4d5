//! From JSON to strategies, with what Jaeger would ignore told on the way.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::strategies::{DEFAULT, ServiceStrategy, Strategies, StrategiesError, Strategy};

const TYPES: &str = "\"probabilistic\" or \"ratelimiting\"";

const TOP: &[&str] = &["default_strategy", "service_strategies"];
const SERVICE: &[&str] = &["service", "type", "param", "operation_strategies"];
const DEFAULTS: &[&str] = &["type", "param", "operation_strategies"];
const OPERATION: &[&str] = &["operation", "type", "param"];

#[derive(Default)]
pub(super) struct Reader {
    warnings: Vec<String>,
}

type Object = Map<String, Value>;

impl Reader {
    pub(super) fn read(json: &Value) -> Result<Strategies, StrategiesError> {
        let mut reader = Self::default();
        let top = object(json, "the file")?;
        reader.unknown_keys(top, "", TOP);
        let default = match top.get("default_strategy") {
            None | Some(Value::Null) => {
                let none = ServiceStrategy {
                    strategy: DEFAULT,
                    operations: BTreeMap::new(),
                };
                if top.get("service_strategies").is_none() {
                    reader.warn("", format_args!(
                        "the file has neither `default_strategy` nor `service_strategies`, so that every service is sampled with {DEFAULT}"
                    ));
                }
                none
            }
            Some(value) => {
                let at = "default_strategy";
                reader.service(object(value, at)?, at, DEFAULTS)?
            }
        };
        let mut services = BTreeMap::new();
        for (index, value) in list(top, "service_strategies", "")?.iter().enumerate() {
            let at = format!("service_strategies[{index}]");
            let service = object(value, &at)?;
            let name = name(service, "service", &at)?;
            let strategy = reader.service(service, &at, SERVICE)?;
            if services.insert(name.to_owned(), strategy).is_some() {
                reader.warn(
                    &at,
                    format_args!("service `{name}` stands here again; this one holds"),
                );
            }
        }
        Ok(Strategies {
            default,
            services,
            warnings: reader.warnings,
        })
    }

    fn service(
        &mut self,
        service: &Object,
        at: &str,
        keys: &[&str],
    ) -> Result<ServiceStrategy, StrategiesError> {
        self.unknown_keys(service, at, keys);
        let strategy = self.strategy(service, at)?;
        let mut operations = BTreeMap::new();
        for (index, value) in list(service, "operation_strategies", at)?
            .iter()
            .enumerate()
        {
            let at = format!("{at}.operation_strategies[{index}]");
            let operation = object(value, &at)?;
            self.unknown_keys(operation, &at, OPERATION);
            let name = name(operation, "operation", &at)?;
            let own = self.strategy(operation, &at)?;
            if let Strategy::PerSecond(_) = own {
                let jaegers = match strategy {
                    Strategy::Ratio(_) => strategy,
                    Strategy::PerSecond(_) => DEFAULT,
                };
                self.warn(&at, format_args!(
                    "`{name}` has {own} here; Jaeger itself limits no single operation and would sample it with {jaegers}"
                ));
            }
            if operations.insert(name.to_owned(), own).is_some() {
                self.warn(
                    &at,
                    format_args!("operation `{name}` stands here again; this one holds"),
                );
            }
        }
        if let (Strategy::PerSecond(_), false) = (strategy, operations.is_empty()) {
            self.warn(at, format_args!(
                "operations that are not named have {strategy} here; Jaeger itself would sample them with {DEFAULT}, since it does not combine a limit with operations"
            ));
        }
        Ok(ServiceStrategy {
            strategy,
            operations,
        })
    }

    fn strategy(&mut self, of: &Object, at: &str) -> Result<Strategy, StrategiesError> {
        let kind = match of.get("type") {
            None | Some(Value::Null) => {
                self.warn(
                    at,
                    format_args!(
                        "it has no `type`, so that {DEFAULT} is taken, as in Jaeger; write {TYPES}"
                    ),
                );
                return Ok(DEFAULT);
            }
            Some(Value::String(kind)) => kind,
            Some(other) => {
                return Err(wrong(
                    &join(at, "type"),
                    format_args!("found {}; write {TYPES}", short(other)),
                ));
            }
        };
        let at_param = join(at, "param");
        let param = match of.get("param") {
            // As a number of Go that is not given.
            None | Some(Value::Null) => {
                self.warn(
                    at,
                    format_args!(
                        "it has no `param`, which is 0 then, as in Jaeger: nothing is sampled"
                    ),
                );
                0.0
            }
            Some(value) => value.as_f64().ok_or_else(|| {
                wrong(
                    &at_param,
                    format_args!("found {}; write a number", short(value)),
                )
            })?,
        };
        match kind.as_str() {
            "probabilistic" if (0.0..=1.0).contains(&param) => Ok(Strategy::Ratio(param)),
            "probabilistic" => Err(wrong(
                &at_param,
                format_args!("found {param}; a probability is from 0 to 1"),
            )),
            "ratelimiting" if param >= 0.0 => {
                if param.fract() != 0.0 {
                    let whole = param.trunc();
                    self.warn(&at_param, format_args!("{param} traces a second are {whole} to Jaeger, which takes whole numbers; here they are {param}"));
                }
                Ok(Strategy::PerSecond(param))
            }
            "ratelimiting" => Err(wrong(
                &at_param,
                format_args!("found {param}; traces a second are 0 or more"),
            )),
            other => Err(wrong(
                &join(at, "type"),
                format_args!("found \"{other}\"; write {TYPES}"),
            )),
        }
    }

    fn unknown_keys(&mut self, object: &Object, at: &str, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let mut hint = String::new();
            match key.as_str() {
                "max_traces_per_second" | "maxTracesPerSecond" => hint.push_str(
                    "; for a limit instead of a probability write `\"type\": \"ratelimiting\"` and the traces a second as `param`",
                ),
                "default_operation_strategies" => {
                    hint.push_str("; write `operation_strategies` into `default_strategy`");
                }
                _ => {
                    if let Some(near) = nearest(key, known) {
                        let _ = write!(hint, "; did you mean `{near}`?");
                    }
                }
            }
            self.warn(
                &join(at, key),
                format_args!("Jaeger's format has no such key, which is ignored{hint}"),
            );
        }
    }

    fn warn(&mut self, at: &str, problem: std::fmt::Arguments<'_>) {
        self.warnings.push(if at.is_empty() {
            problem.to_string()
        } else {
            format!("`{at}`: {problem}")
        });
    }
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Object, StrategiesError> {
    value.as_object().ok_or_else(|| {
        wrong(
            at,
            format_args!("found {}; write an object, {{..}}", short(value)),
        )
    })
}

/// An empty one if there is none.
fn list<'a>(object: &'a Object, key: &str, at: &str) -> Result<&'a [Value], StrategiesError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        Some(other) => Err(wrong(
            &join(at, key),
            format_args!("found {}; write a list, [..]", short(other)),
        )),
    }
}

fn name<'a>(object: &'a Object, key: &str, at: &str) -> Result<&'a str, StrategiesError> {
    match object.get(key) {
        Some(Value::String(name)) if !name.is_empty() => Ok(name),
        None => Err(wrong(
            at,
            format_args!("it does not say which {key} it is for: write `\"{key}\": \"..\"`"),
        )),
        Some(other) => Err(wrong(
            &join(at, key),
            format_args!("found {}; write the {key}'s name", short(other)),
        )),
    }
}

fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(key, name), *name))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

fn join(at: &str, key: &str) -> String {
    if at.is_empty() {
        key.to_owned()
    } else {
        format!("{at}.{key}")
    }
}

/// The value, or what kind it is when it is long.
fn short(value: &Value) -> String {
    match value {
        Value::Array(_) => String::from("a list"),
        Value::Object(_) => String::from("an object"),
        Value::String(text) if text.chars().count() > 40 => String::from("a long text"),
        other => other.to_string(),
    }
}

fn wrong(at: &str, problem: std::fmt::Arguments<'_>) -> StrategiesError {
    StrategiesError::Value {
        at: at.to_owned(),
        problem: problem.to_string(),
    }
}
