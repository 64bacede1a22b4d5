//! Targets that are there, down, gone, or silent.

use std::collections::BTreeMap;

use caxton_instrument::Catalog;

use super::file::{Given, Test, Times};
use super::firing;
use crate::generate::rules::absence::{Missing, all, witness};
use crate::generate::scenario::{Course, Samples};
use crate::generate::{Deployment, Service};
use crate::promql::Route;

const UP: &str = "up";

pub(super) fn tests(catalog: &Catalog, deployment: &Deployment) -> Vec<Test> {
    let route = deployment.metrics_route();
    let missing = all(catalog, route);
    let witness = witness(catalog, route);
    let services = deployment.services().iter();
    services
        .flat_map(|service| {
            let of = |missing: &Missing| of(*missing, service, route, witness.as_deref());
            missing.iter().flat_map(of).collect::<Vec<_>>()
        })
        .collect()
}

fn of(missing: Missing, service: &Service, route: &Route, witness: Option<&str>) -> Vec<Test> {
    let times = Times::new(missing.hold().as_secs() + 240, 60);
    let job = route.label("job");
    let instance = route.label("instance");
    let labels = |job: &str, instance: &str, more: Option<(&str, &str)>| {
        let mut labels = BTreeMap::from([
            (String::from(instance), String::from("test:9464")),
            (String::from(job), String::from(service.name())),
        ]);
        labels.extend(more.map(|(name, value)| (name.into(), value.into())));
        labels
    };
    let up = |level: f64| {
        let key = (UP.into(), labels("job", "instance", None));
        (key, Course::Level(level))
    };
    let says = || {
        let about = Some(("metric", "some_metric"));
        witness.map(|name| {
            (
                (name.into(), labels(job, instance, about)),
                Course::Level(1.0),
            )
        })
    };
    let is_scraped = matches!(route, Route::Scrape);
    let there: Samples = is_scraped
        .then(|| up(1.0))
        .into_iter()
        .chain(says())
        .collect();
    let down: Samples = Samples::from([up(0.0)]);
    let silent: Samples = Samples::from([up(1.0)]);
    let steady = |samples: &Samples| Given::steady(samples, times);
    let mut cases = vec![("is silent while all is there", steady(&there), false)];
    match missing {
        Missing::Down => {
            cases.push(("fires when it does not answer", steady(&down), true));
            let again = Given::changed(&down, &silent, times, 1);
            cases.push(("is silent when it answers again", again, false));
            cases.push(("is silent when it is gone", Given::nothing(), false));
        }
        Missing::Gone => {
            cases.push(("fires without series", Given::nothing(), true));
            if is_scraped {
                cases.push(("is silent when it is down", steady(&down), false));
            }
        }
        Missing::Silent => {
            cases.push(("fires when it says nothing", steady(&silent), true));
            cases.push(("is silent when it is down", steady(&down), false));
            cases.push(("is silent when it is gone", Given::nothing(), false));
        }
    }
    let labels = [
        ("severity", missing.severity().as_str()),
        ("service", service.name()),
    ];
    let test = |(name, given, fires): (&str, Given, bool)| {
        let name = format!("{} of {} {name}", missing.alert(), service.name());
        let firing = firing(missing.alert(), &labels);
        Test::new(name, times, &given, &[(firing, u64::from(fires))])
    };
    cases.into_iter().map(test).collect()
}
