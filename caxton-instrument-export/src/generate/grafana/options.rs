//! What a panel of each type can be told, as
//! [Grafana's schema](https://www.npmjs.com/package/@grafana/schema) has it.

use serde::Serialize;

use super::units;

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Options {
    TimeSeries(TimeSeries),
    Heatmap(Box<Heatmap>),
    Stat(Stat),
    Table(Table),
}

#[derive(Debug, Serialize)]
pub(super) struct TimeSeries {
    legend: Legend,
    tooltip: Tooltip,
}

impl TimeSeries {
    /// The last and the largest value of each series beside its name.
    pub(super) const NEW: Self = Self {
        legend: Legend {
            calcs: &["lastNotNull", "max"],
            display_mode: "table",
            placement: "bottom",
            show: true,
        },
        tooltip: Tooltip {
            mode: "multi",
            sort: "desc",
        },
    };
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Legend {
    calcs: &'static [&'static str],
    display_mode: &'static str,
    placement: &'static str,
    #[serde(rename = "showLegend")]
    show: bool,
}

#[derive(Debug, Serialize)]
struct Tooltip {
    mode: &'static str,
    sort: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Heatmap {
    /// The buckets are those of the histogram.
    calculate: bool,
    cell_gap: u32,
    cell_values: CellValues,
    color: HeatmapColor,
    exemplars: Exemplars,
    filter_values: FilterValues,
    legend: HeatmapLegend,
    rows_frame: RowsFrame,
    show_value: &'static str,
    tooltip: HeatmapTooltip,
    y_axis: YAxis,
}

impl Heatmap {
    /// Samples in a unit.
    pub(super) const fn new(unit: &'static str) -> Self {
        Self {
            calculate: false,
            cell_gap: 1,
            cell_values: CellValues { unit: units::RATE },
            color: HeatmapColor {
                exponent: 0.5,
                fill: "dark-orange",
                mode: "scheme",
                reverse: false,
                scale: "exponential",
                scheme: "Oranges",
                steps: 64,
            },
            exemplars: Exemplars {
                color: "rgba(255,0,255,0.7)",
            },
            filter_values: FilterValues { le: 1e-9 },
            legend: HeatmapLegend { show: true },
            rows_frame: RowsFrame { layout: "auto" },
            show_value: "never",
            tooltip: HeatmapTooltip {
                mode: "single",
                show_color_scale: true,
                y_histogram: true,
            },
            y_axis: YAxis {
                axis_placement: "left",
                reverse: false,
                unit,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct CellValues {
    unit: &'static str,
}

#[derive(Debug, Serialize)]
struct HeatmapColor {
    exponent: f64,
    fill: &'static str,
    mode: &'static str,
    reverse: bool,
    scale: &'static str,
    scheme: &'static str,
    steps: u32,
}

#[derive(Debug, Serialize)]
struct Exemplars {
    color: &'static str,
}

/// Cells without samples are left out.
#[derive(Debug, Serialize)]
struct FilterValues {
    le: f64,
}

#[derive(Debug, Serialize)]
struct HeatmapLegend {
    show: bool,
}

#[derive(Debug, Serialize)]
struct RowsFrame {
    layout: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HeatmapTooltip {
    mode: &'static str,
    show_color_scale: bool,
    y_histogram: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct YAxis {
    axis_placement: &'static str,
    reverse: bool,
    unit: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stat {
    color_mode: &'static str,
    graph_mode: &'static str,
    justify_mode: &'static str,
    orientation: &'static str,
    percent_change_color_mode: &'static str,
    reduce_options: ReduceOptions,
    show_percent_change: bool,
    text_mode: &'static str,
    wide_layout: bool,
}

impl Stat {
    /// The last value, in the colour of its threshold.
    pub(super) const NEW: Self = Self {
        color_mode: "value",
        graph_mode: "none",
        justify_mode: "auto",
        orientation: "auto",
        percent_change_color_mode: "standard",
        reduce_options: ReduceOptions {
            calcs: &["lastNotNull"],
            fields: "",
            values: false,
        },
        show_percent_change: false,
        text_mode: "auto",
        wide_layout: true,
    };
}

#[derive(Debug, Serialize)]
struct ReduceOptions {
    calcs: &'static [&'static str],
    fields: &'static str,
    values: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Table {
    cell_height: &'static str,
    frame_index: u32,
    show_header: bool,
}

impl Table {
    pub(super) const NEW: Self = Self {
        cell_height: "sm",
        frame_index: 0,
        show_header: true,
    };
}

/// How a time series is drawn.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Custom {
    draw_style: &'static str,
    fill_opacity: u32,
    line_width: u32,
    show_points: &'static str,
    stacking: Stacking,
    thresholds_style: ThresholdsStyle,
}

impl Custom {
    pub(super) const fn lines() -> Self {
        Self {
            draw_style: "line",
            fill_opacity: 10,
            line_width: 1,
            show_points: "auto",
            stacking: Stacking {
                group: "A",
                mode: "none",
            },
            thresholds_style: ThresholdsStyle { mode: "off" },
        }
    }

    /// One upon the other, so that the top is the sum.
    pub(super) const fn stacked(mut self) -> Self {
        self.stacking.mode = "normal";
        self.fill_opacity = 30;
        self
    }

    /// With lines where an alert's threshold is.
    pub(super) const fn with_thresholds(mut self) -> Self {
        self.thresholds_style.mode = "dashed";
        self
    }
}

#[derive(Debug, Serialize)]
struct Stacking {
    group: &'static str,
    mode: &'static str,
}

#[derive(Debug, Serialize)]
struct ThresholdsStyle {
    mode: &'static str,
}
