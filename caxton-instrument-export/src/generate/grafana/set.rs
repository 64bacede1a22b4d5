//! The dashboard of a metric set: all its metrics, what is asked of them
//! elsewhere first.

use caxton_instrument::{MetricDescriptor, MetricKind, SetDescriptor, Unit};

use super::context::{self, Context};
use super::layout::Section;
use super::model::Panel;
use super::slo::Objective;
use super::{declared, metric};

/// Panels by theme.
pub(super) fn sections(context: Context<'_>, set: &SetDescriptor) -> Vec<Section> {
    let alerts = context.alerts_on(set.metrics);
    let watched = alerts
        .into_iter()
        .filter_map(|it| context::panel_of(context, it))
        .collect();
    let panels = context.catalog.panels().iter();
    let of_code = panels
        .filter(|panel| context::asks_set(&panel.query.expr(), set))
        .map(|panel| declared::panel_of(context, panel))
        .collect();
    let mut sections = vec![
        Section::open("Panels of the code", of_code),
        Section::open("What alerts watch", watched),
    ];
    sections.extend(Theme::ALL.map(|theme| {
        let of_theme = set.metrics.iter().filter(|it| Theme::of(it) == theme);
        let panels: Vec<Panel> = of_theme
            .flat_map(|it| metric::panels(context, it))
            .collect();
        Section::open(theme.title(), panels)
    }));
    sections
}

/// The names of the alerts that ask its metrics.
pub(super) fn alerts(context: Context<'_>, set: &SetDescriptor) -> Vec<String> {
    let declared = context.alerts_on(set.metrics).into_iter();
    let objectives = context
        .catalog
        .slos()
        .iter()
        .map(|it| Objective::new(context, it));
    let burns = objectives.filter(|it| it.asks(set));
    let names = declared.map(|alert| alert.name.to_owned());
    names.chain(burns.map(Objective::alert)).collect()
}

/// What metrics of a row tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    Traffic,
    Time,
    Distribution,
    State,
    Facts,
}

impl Theme {
    const ALL: [Self; 5] = [
        Self::Traffic,
        Self::Time,
        Self::Distribution,
        Self::State,
        Self::Facts,
    ];

    const fn of(metric: &MetricDescriptor) -> Self {
        match (metric.kind, metric.unit) {
            (MetricKind::Counter, _) => Self::Traffic,
            (MetricKind::Histogram, Unit::Seconds) => Self::Time,
            (MetricKind::Histogram, _) => Self::Distribution,
            (MetricKind::Info, _) => Self::Facts,
            _ => Self::State,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Traffic => "What happens",
            Self::Time => "How long it takes",
            Self::Distribution => "How large it is",
            Self::State => "What there is",
            Self::Facts => "What runs",
        }
    }
}
