//! The catalog's HTML page in a headless Chromium, from a file, as its readers
//! open it.
#![allow(clippy::expect_used, reason = "a test says what it expects")]

mod browser;

use std::path::{Path, PathBuf};

use browser::{Browser, ESCAPE, TAB};
use caxton_example as _;
use caxton_instrument::query::{
    AnyQuery, Dimension, Expr, Part, Selection, Test as Compared, minutes,
};
use caxton_instrument::rules::Rule;
use caxton_instrument::{
    AgentType, Alert, Allowance, Catalog, LabelDescriptor, Location, MetricDescriptor, MetricKind,
    OperationDescriptor, Replaced, SetDescriptor, Stability,
};
use caxton_instrument_export::catalog;
use caxton_runtime as _;
use serde_json::{Value, json};

fn file(name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

fn url(page: &Path) -> String {
    format!("file://{}", page.display())
}

/// The names of the metrics that are to be seen.
fn seen(browser: &Browser) -> Vec<String> {
    let names = browser.run(
        "return [...document.querySelectorAll('#section-metrics article')]
            .filter(it => it.checkVisibility()).map(it => it.id)",
    );
    let names = names.as_array().expect("a list").iter();
    names
        .map(|it| it.as_str().expect("a name").into())
        .collect()
}

fn quiet(browser: &Browser) {
    let said = browser.said();
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn what_is_searched_is_found() {
    let Some(browser) = Browser::start("search") else {
        return;
    };
    let catalog = Catalog::collect().expect("sound declarations");
    let page = file("search.html", catalog::html(&catalog));
    browser.open(&url(&page));
    let all = catalog.metrics().len();
    assert_eq!(seen(&browser).len(), all);

    // By name, and by the value of a label.
    browser.write("#filter-search", "queue_SIZE");
    assert_eq!(seen(&browser), ["caxton_message_queue_size"]);
    let count = browser.run("return document.getElementById('filter-count').value");
    assert!(
        count.as_str().is_some_and(|it| it.contains(" of ")),
        "{count}"
    );
    let alerts = browser.run(
        "return [...document.querySelectorAll('#section-alerts article')]
            .filter(it => it.checkVisibility()).map(it => it.id)",
    );
    assert_eq!(alerts, json!(["alert-MessagesWait"]));
    let hash = browser.run("return location.hash");
    assert_eq!(hash, "#search=queue_SIZE");
    browser.press(ESCAPE);
    assert_eq!(seen(&browser).len(), all);

    // All words, in any order, none of them elsewhere.
    browser.write("#filter-search", "tasks refused");
    let found = seen(&browser);
    assert!(found.contains(&"caxton_tasks_total".into()), "{found:?}");
    browser.write("#filter-search", " nowhere");
    assert!(seen(&browser).is_empty());
    browser.run("document.querySelector('#filter-form button').click()");
    assert_eq!(seen(&browser).len(), all);

    // Filters.
    browser.write("#filter-type", "histogram");
    let expected: Vec<_> = catalog
        .metrics()
        .iter()
        .filter(|it| it.kind == MetricKind::Histogram)
        .map(|it| it.name)
        .collect();
    assert_eq!(seen(&browser), expected);
    browser.open(&format!(
        "{}#crate=caxton-runtime&label=outcome",
        url(&page)
    ));
    let expected: Vec<_> = catalog
        .metrics()
        .iter()
        .filter(|it| it.location.krate == "caxton-runtime")
        .filter(|it| it.labels.iter().any(|label| label.name == "outcome"))
        .map(|it| it.name)
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(seen(&browser), expected);

    // The link to what the filter hides shows it.
    browser.run("location.hash = '#caxton_message_queue_size'");
    browser.run("return new Promise(done => setTimeout(done, 100))");
    assert_eq!(seen(&browser).len(), all);
    let there = "const it = document.getElementById('caxton_message_queue_size');
        const box = it.getBoundingClientRect();
        return box.top >= 0 && box.top < innerHeight";
    assert_eq!(browser.run(there), true);

    // Each metric has what reads it, with its query.
    let query =
        "return document.querySelector('#caxton_message_queue_size details pre').textContent";
    let query = browser.run(query);
    assert!(
        query
            .as_str()
            .is_some_and(|it| it.contains("caxton_message_queue_size")),
        "{query}"
    );
    quiet(&browser);
}

#[test]
fn the_page_is_for_everybody() {
    let Some(browser) = Browser::start("access") else {
        return;
    };
    let catalog = Catalog::collect().expect("sound declarations");
    let page = file("access.html", catalog::html(&catalog));
    browser.open(&url(&page));

    // The keyboard.
    browser.write("body", TAB);
    let focus = "return document.activeElement.className || document.activeElement.id";
    assert_eq!(browser.run(focus), "skip");
    browser.write("body", "/");
    assert_eq!(browser.run(focus), "filter-search");

    let faults = browser.run(
        r#"const faults = [];
        const one = (what, selector) => {
            const count = document.querySelectorAll(selector).length;
            if (count !== 1) faults.push(count + " " + what);
        };
        one("titles", "h1"); one("main", "main"); one("headers", "body > header");
        one("search", "[role=search]"); one("navigation", "nav[aria-label]");
        one("language", "html[lang]");
        for (const it of document.querySelectorAll("input, select"))
            if (!it.labels.length) faults.push("no label: " + it.id);
        const ids = [...document.querySelectorAll("[id]")].map(it => it.id);
        ids.forEach((id, at) => { if (ids.indexOf(id) !== at) faults.push("twice: " + id); });
        for (const it of document.querySelectorAll("a[href^='#']"))
            if (!document.getElementById(decodeURIComponent(it.hash.slice(1)))) faults.push("nowhere: " + it.hash);
        let level = 0;
        for (const it of document.querySelectorAll("h1, h2, h3, h4")) {
            const next = Number(it.tagName[1]);
            if (next > level + 1) faults.push("skips a level: " + it.textContent);
            level = next;
        }
        if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window");
        if (performance.getEntriesByType("resource").length) faults.push("it loads something");
        return faults"#,
    );
    assert_eq!(faults, json!([]));

    for scheme in ["light", "dark"] {
        browser.emulate("", scheme);
        // WCAG 2.2, 1.4.3: 4.5 to 1.
        let faint = browser.run(
            r#"const parts = colour => colour.match(/[\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
                .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
            const ground = it => {
                for (; it; it = it.parentElement) {
                    const colour = parts(getComputedStyle(it).backgroundColor);
                    if (colour.length === 3 || colour[3] === 1) return colour;
                }
                return [255, 255, 255];
            };
            const faint = new Set();
            let looked = 0;
            for (const it of document.querySelectorAll("body *")) {
                const own = [...it.childNodes].some(node => node.nodeType === 3 && node.data.trim());
                if (!own || !it.checkVisibility()) continue;
                looked += 1;
                const a = light(parts(getComputedStyle(it).color)), b = light(ground(it));
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) faint.add(it.tagName + "." + it.className + " " + ratio);
            }
            return looked < 100 ? ["looked at " + looked] : [...faint]"#,
        );
        assert_eq!(faint, json!([]), "{scheme}");
    }

    // On paper there is nothing to press.
    browser.emulate("print", "light");
    let printed = browser.run("return document.querySelector('form').checkVisibility()");
    assert_eq!(printed, false);
    quiet(&browser);
}

/// The pictures are left in the target folder for whoever wants to see them.
#[test]
fn the_page_is_seen_by_day_and_by_night() {
    let Some(browser) = Browser::start("seen") else {
        return;
    };
    let catalog = Catalog::collect().expect("sound declarations");
    let page = file("seen.html", catalog::html(&catalog));
    let mut brightness = Vec::new();
    let mut pictures = Vec::new();
    for scheme in ["light", "dark"] {
        browser.emulate("", scheme);
        browser.open(&format!("{}#search=task", url(&page)));
        let ground = browser.run("return getComputedStyle(document.body).backgroundColor");
        let sum: u32 = ground
            .as_str()
            .expect("a colour")
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|it| it.parse::<u32>().ok())
            .sum();
        brightness.push(sum);
        let picture = browser.screenshot();
        assert!(picture.starts_with(b"\x89PNG"));
        // An empty window of this size has a tenth of it.
        assert!(picture.len() > 60_000, "{scheme}: {} bytes", picture.len());
        file(&format!("catalog-{scheme}.png"), &picture);
        pictures.push(picture);
    }
    assert!(brightness[0] > 700 && brightness[1] < 100, "{brightness:?}");
    assert_ne!(pictures[0], pictures[1]);
    quiet(&browser);
}

const ATTACK: &str = "x\"'><script>document.title='broken'</script><img src=x \
    onerror=\"document.title='broken'\"></style></script><!--\u{2028}\u{202e}\0`</code>` ${1} \
    &lt;svg onload=alert(1)&gt;</title></textarea></select>]]>";

const fn here() -> Location {
    Location::new(ATTACK, 1, 1, ATTACK, ATTACK, ATTACK)
}

static HOSTILE: MetricDescriptor = MetricDescriptor::new(MetricKind::Counter, ATTACK, here())
    .with_namespace(ATTACK)
    .with_field(ATTACK)
    .with_help(ATTACK)
    .with_labels(&[LabelDescriptor::closed("way", &[ATTACK, "b"])
        .with_help(ATTACK)
        .with_allowed(&[Allowance::new(Rule::LabelIdentity, ATTACK)])])
    .with_constant_labels(&[("component", ATTACK)])
    .with_stability(Stability::Deprecated {
        since: ATTACK,
        note: ATTACK,
    })
    .with_replaces(&[Replaced::new(ATTACK, ATTACK)])
    .with_allowed(&[
        Allowance::new(Rule::Charset, ATTACK),
        Allowance::new(Rule::Namespace, ATTACK),
        Allowance::new(Rule::TotalSuffix, ATTACK),
        Allowance::new(Rule::UnitSuffix, ATTACK),
        Allowance::new(Rule::ReservedSuffix, ATTACK),
        Allowance::new(Rule::BaseUnit, ATTACK),
        Allowance::new(Rule::TypeInName, ATTACK),
        Allowance::new(Rule::Precomputed, ATTACK),
        Allowance::new(Rule::Help, ATTACK),
    ]);

static SET: SetDescriptor = SetDescriptor::new(ATTACK, here())
    .with_namespace(ATTACK)
    .with_help(ATTACK)
    .with_metrics(&[&HOSTILE]);

static OPERATION: OperationDescriptor = OperationDescriptor::new(
    AgentType::Literal(ATTACK),
    ATTACK,
    ATTACK,
    true,
    &SET,
    here(),
);

#[derive(Debug)]
struct Asked;

impl AnyQuery for Asked {
    fn expr(&self) -> Expr {
        Expr::Series {
            metric: &HOSTILE,
            part: Part::Value,
            matching: vec![Selection {
                label: "way",
                test: Compared::Is(ATTACK.into()),
            }],
            over: None,
        }
    }

    fn dimension(&self) -> Dimension {
        Dimension::COUNT
    }

    fn labels(&self) -> &[&'static str] {
        &[ATTACK]
    }

    fn is_condition(&self) -> bool {
        true
    }
}

static ALERTS: [Alert; 2] = [
    Alert::new(ATTACK, &Asked, here())
        .with_hold(minutes(1))
        .with_text(ATTACK, ATTACK)
        .with_owner(ATTACK)
        .with_runbook(ATTACK),
    Alert::new("B", &Asked, here())
        .with_text(ATTACK, ATTACK)
        .with_runbook("javascript:document.title='broken'"),
];

#[test]
fn a_hostile_catalog_runs_nothing() {
    let catalog = Catalog::of([&SET], [&OPERATION])
        .and_then(|it| it.with_alerts(&ALERTS))
        .expect("every rule is allowed to be broken");
    let text = catalog::html(&catalog);
    let page = file("hostile.html", &text);
    // Without the policy too, which would stop what got through.
    let start = text.find("<meta http-equiv").expect("the policy");
    let end = start + text[start..].find('>').expect("its end") + 1;
    let open = file("hostile-open.html", [&text[..start], &text[end..]].concat());
    let Some(browser) = Browser::start("hostile") else {
        return;
    };
    for page in [page, open] {
        browser.open(&url(&page));
        assert_eq!(seen(&browser).len(), 1);
        let state = browser.run(
            r#"const attributes = [...document.querySelectorAll("*")].flatMap(it => [...it.attributes]);
            return {
                title: document.title,
                scripts: document.querySelectorAll("script").length,
                styles: document.querySelectorAll("style").length,
                foreign: document.querySelectorAll("img, svg, iframe, object, embed, textarea").length,
                handlers: attributes.filter(it => it.name.startsWith("on")).length,
                links: [...document.querySelectorAll("a")].filter(it => it.protocol !== "file:").length,
                help: document.querySelector("article p").textContent.includes("<script>"),
            }"#,
        );
        let expected = json!({
            "title": "Metric catalog", "scripts": 1, "styles": 1, "foreign": 0, "handlers": 0,
            "links": 0, "help": true,
        });
        assert_eq!(state, expected);
        browser.write("#filter-search", "onerror=");
        assert_eq!(seen(&browser).len(), 1);
        assert_eq!(
            browser.run("return document.title"),
            Value::from("Metric catalog")
        );
        quiet(&browser);
    }
}
