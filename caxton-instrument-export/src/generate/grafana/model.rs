//! Grafana's
//! [dashboard JSON](https://grafana.com/docs/grafana/v12.0/dashboards/build-dashboards/view-dashboard-json-model/),
//! as far as it is written here.

use serde::Serialize;

use super::options::{Custom, Options};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard {
    pub(super) uid: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) schema_version: u32,
    pub(super) timezone: &'static str,
    pub(super) editable: bool,
    /// One crosshair in all panels.
    pub(super) graph_tooltip: u32,
    pub(super) refresh: &'static str,
    pub(super) time: Time,
    pub(super) templating: List<Variable>,
    pub(super) annotations: List<Annotation>,
    pub(super) links: Vec<Link>,
    pub(super) panels: Vec<Item>,
}

#[derive(Debug, Serialize)]
pub(super) struct Time {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    pub(super) list: Vec<T>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct DataSource {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) uid: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datasource: Option<DataSource>,
    pub(super) query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<Choice>,
    pub(super) multi: bool,
    pub(super) include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) all_value: Option<&'static str>,
    /// 1: when the dashboard is opened; 2: also when its time changes.
    pub(super) refresh: u32,
    /// 1: by name.
    pub(super) sort: u32,
    pub(super) hide: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) text: Vec<&'static str>,
    pub(super) value: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    pub(super) name: &'static str,
    pub(super) datasource: DataSource,
    pub(super) enable: bool,
    pub(super) hide: bool,
    pub(super) icon_color: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) built_in: Option<u32>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tag_keys: Option<&'static str>,
}

/// Of a dashboard, or of a panel.
#[allow(
    clippy::struct_excessive_bools,
    reason = "Grafana's schema asks for each of them"
)]
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    pub(super) title: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) icon: &'static str,
    pub(super) tooltip: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) as_dropdown: bool,
    pub(super) target_blank: bool,
    pub(super) include_vars: bool,
    pub(super) keep_time: bool,
}

/// What stands in a dashboard's grid.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Item {
    Row(Row),
    Panel(Box<Panel>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) id: u32,
    pub(super) title: String,
    pub(super) collapsed: bool,
    pub(super) grid_pos: GridPos,
    /// Those of a row that is collapsed; of another one they stand behind it.
    pub(super) panels: Vec<Panel>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel {
    pub(super) id: u32,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) datasource: DataSource,
    pub(super) grid_pos: GridPos,
    pub(super) field_config: FieldConfig,
    pub(super) options: Options,
    pub(super) targets: Vec<Target>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) transformations: Vec<Transformation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
}

/// In a grid of 24 columns; a unit of height is 30 pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct GridPos {
    pub(super) h: u32,
    pub(super) w: u32,
    pub(super) x: u32,
    pub(super) y: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct FieldConfig {
    pub(super) defaults: Defaults,
    /// None.
    pub(super) overrides: [(); 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Defaults {
    pub(super) unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decimals: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) no_value: Option<&'static str>,
    pub(super) color: Color,
    pub(super) thresholds: Thresholds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom: Option<Custom>,
}

#[derive(Debug, Serialize)]
pub(super) struct Color {
    pub(super) mode: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Thresholds {
    pub(super) mode: &'static str,
    pub(super) steps: Vec<Step>,
}

/// A colour from a value on; the first step has none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Step {
    pub(super) color: &'static str,
    pub(super) value: Option<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub(super) ref_id: String,
    pub(super) datasource: DataSource,
    pub(super) editor_mode: &'static str,
    pub(super) expr: String,
    pub(super) legend_format: String,
    pub(super) format: &'static str,
    pub(super) instant: bool,
    pub(super) range: bool,
    pub(super) exemplar: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Transformation {
    pub(super) id: &'static str,
    pub(super) options: Organize,
}

/// Columns that are not shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organize {
    pub(super) exclude_by_name: std::collections::BTreeMap<&'static str, bool>,
}
