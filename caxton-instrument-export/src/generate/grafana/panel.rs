//! Panels by their type; where they stand in the grid is decided later.

use caxton_instrument::query::Expr;

use super::context::Context;
use super::model::{
    Color, DataSource, Defaults, FieldConfig, GridPos, Link, Organize, Panel, Step, Target,
    Thresholds, Transformation,
};
use super::options::{Custom, Heatmap, Options, Stat, Table, TimeSeries};
use super::{queries, units};

/// The data source that is chosen at the top of the dashboard.
pub(super) const DATA_SOURCE: DataSource = DataSource {
    kind: "prometheus",
    uid: "${datasource}",
};

const HALF: GridPos = GridPos {
    h: 8,
    w: 12,
    x: 0,
    y: 0,
};
const QUARTER: GridPos = GridPos { h: 4, w: 6, ..HALF };
const WHOLE: GridPos = GridPos { w: 24, ..HALF };

impl Panel {
    fn new(kind: &'static str, title: String, unit: &'static str, options: Options) -> Self {
        Self {
            id: 0,
            kind,
            title,
            description: String::new(),
            datasource: DATA_SOURCE,
            grid_pos: HALF,
            field_config: FieldConfig {
                defaults: Defaults {
                    unit,
                    decimals: None,
                    min: None,
                    no_value: None,
                    color: Color {
                        mode: "palette-classic",
                    },
                    thresholds: no_thresholds(),
                    custom: None,
                },
                overrides: [],
            },
            options,
            targets: Vec::new(),
            transformations: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Values over time.
    pub(super) fn time_series(title: String, unit: &'static str) -> Self {
        let options = Options::TimeSeries(TimeSeries::NEW);
        let mut this = Self::new("timeseries", title, unit, options);
        this.field_config.defaults.custom = Some(Custom::lines());
        this
    }

    /// How samples are distributed, over time: the unit is that of the samples,
    /// and each cell is a rate of them.
    pub(super) fn heatmap(title: String, unit: &'static str) -> Self {
        let options = Options::Heatmap(Box::new(Heatmap::new(unit)));
        Self::new("heatmap", title, units::RATE, options)
    }

    /// The last value, large.
    pub(super) fn stat(title: String, unit: &'static str) -> Self {
        let mut this = Self::new("stat", title, unit, Options::Stat(Stat::NEW));
        this.grid_pos = QUARTER;
        this.field_config.defaults.color.mode = "thresholds";
        this
    }

    /// A row for each series, with its labels.
    pub(super) fn table(title: String) -> Self {
        let mut this = Self::new("table", title, units::NUMBER, Options::Table(Table::NEW));
        this.grid_pos = WHOLE;
        let hidden = ["Time", "Value"].map(|column| (column, true));
        this.transformations.push(Transformation {
            id: "organize",
            options: Organize {
                exclude_by_name: hidden.into(),
            },
        });
        this
    }

    pub(super) fn described(mut self, description: String) -> Self {
        self.description = description;
        self
    }

    pub(super) fn linked(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    /// Asks this as well.
    pub(super) fn asking(mut self, expr: String, legend: &str) -> Self {
        let is_heatmap = matches!(self.options, Options::Heatmap(_));
        let is_now = matches!(self.options, Options::Stat(_) | Options::Table(_));
        self.targets.push(Target {
            ref_id: ref_id(self.targets.len()),
            datasource: DATA_SOURCE,
            editor_mode: "code",
            expr,
            legend_format: legend.to_owned(),
            format: match self.options {
                Options::Heatmap(_) => "heatmap",
                Options::Table(_) => "table",
                _ => "time_series",
            },
            instant: is_now,
            range: !is_now,
            exemplar: is_heatmap,
        });
        self
    }

    /// One series for each value of these labels, and no more than can be told
    /// apart.
    pub(super) fn asking_by(
        self,
        context: Context<'_>,
        expr: &Expr,
        labels: &[&str],
        many: bool,
    ) -> Self {
        let text = if many {
            queries::largest(expr, context.route())
        } else {
            context.text(expr)
        };
        self.asking(text, &context.legend(labels))
    }

    /// One series upon the other.
    pub(super) fn stacked(mut self) -> Self {
        let defaults = &mut self.field_config.defaults;
        defaults.custom = defaults.custom.take().map(Custom::stacked);
        self
    }

    /// Coloured by these, and with a line at each.
    pub(super) fn with_thresholds(mut self, steps: Vec<Step>) -> Self {
        let defaults = &mut self.field_config.defaults;
        defaults.thresholds.steps = steps;
        defaults.custom = defaults.custom.take().map(Custom::with_thresholds);
        self
    }

    pub(super) fn with_decimals(mut self, decimals: u32) -> Self {
        self.field_config.defaults.decimals = Some(decimals);
        self
    }

    /// What is said where there is nothing to show.
    pub(super) fn or_else(mut self, text: &'static str) -> Self {
        self.field_config.defaults.no_value = Some(text);
        self
    }
}

fn no_thresholds() -> Thresholds {
    Thresholds {
        mode: "absolute",
        steps: vec![Step {
            color: "green",
            value: None,
        }],
    }
}

/// `A`, `B`, .. `Z`, `A1`, ..
fn ref_id(at: usize) -> String {
    let letter = char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at % 26]);
    match at / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

/// The values of labels, under the names that they are stored by.
pub(super) fn legend<'a>(labels: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<_> = labels
        .into_iter()
        .map(|label| format!("{{{{{label}}}}}"))
        .collect();
    if parts.is_empty() {
        return String::from("all");
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_legend_is_of_labels() {
        assert_eq!(super::legend(["job", "queue"]), "{{job}} {{queue}}");
        assert_eq!(super::legend([]), "all");
    }

    #[test]
    fn queries_of_a_panel_have_names_of_their_own() {
        let names = [0, 1, 25, 26, 53].map(super::ref_id);
        assert_eq!(names, ["A", "B", "Z", "A1", "B2"]);
    }
}
