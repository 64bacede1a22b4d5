//! What k6 runs: JavaScript with texts that stay in their quotes.

use std::fmt::Write as _;

use super::LoadTest;
use super::thresholds::Thresholds;
use crate::generate::HEADER;
use crate::generate::literal::quoted;

pub(super) fn render(test: &LoadTest, thresholds: &Thresholds) -> String {
    let mut out = HEADER.replacen('#', "//", 1);
    let users = test.users;
    let twice = users.saturating_mul(2);
    let seconds = test.benchmark.as_secs().max(1);
    // A text cannot fail to be written.
    let _ = write!(
        out,
        "// k6 run load.js                      up to {twice} users, by hand\n\
         // k6 run -e BENCHMARK=1 load.js       {users} users, as the job does every night\n\n\
         import http from 'k6/http';\n\
         import {{ check, sleep }} from 'k6';\n\n\
         const BASE = __ENV.BASE_URL || {base};\n\n\
         const benchmark = {{\n  executor: 'constant-vus',\n  vus: {users},\n  \
         duration: '{seconds}s',\n}};\n\n\
         const load = {{\n  executor: 'ramping-vus',\n  startVUs: 0,\n  stages: [\n    \
         {{ duration: '2m', target: {users} }},\n    \
         {{ duration: '5m', target: {users} }},\n    \
         {{ duration: '2m', target: {twice} }},\n    \
         {{ duration: '5m', target: {twice} }},\n    \
         {{ duration: '2m', target: 0 }},\n  ],\n}};\n\n",
        base = quoted(&test.url),
    );
    out.push_str(
        "export const options = {\n  scenarios: __ENV.BENCHMARK ? { benchmark } : { load },\n  \
         // Where the objectives of the program's HTTP metrics fail, this fails too.\n  \
         thresholds: {\n",
    );
    for (metric, conditions) in thresholds {
        let conditions: Vec<_> = conditions.iter().map(|it| quoted(it)).collect();
        let _ = writeln!(out, "    {metric}: [{}],", conditions.join(", "));
    }
    out.push_str("  },\n};\n\nexport default function () {\n");
    for request in test.round() {
        let (method, path) = (quoted(request.method), quoted(&request.path));
        let (body, headers) = match &request.body {
            Some(body) => (
                quoted(body),
                "headers: { 'Content-Type': 'application/json' }, ",
            ),
            None => (String::from("null"), ""),
        };
        // One name for all answers of a request, whatever its path says.
        let name = quoted(&format!("{} {}", request.method, request.path));
        let _ = write!(
            out,
            "  check(\n    http.request({method}, BASE + {path}, {body}, \
             {{ {headers}tags: {{ name: {name} }} }}),\n    \
             {{ [{name}]: (response) => response.status >= 200 && response.status < 300 }},\n  );\n",
        );
    }
    out.push_str("  sleep(1);\n}\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_stays_in_its_quotes() {
        let hostile = "/\"); evil(`${1}`); //\n\u{2028}";
        let test = LoadTest::new("http://shop:8080/")
            .get(hostile)
            .post_json("/a", "{\"a\": \"'\\u0041\"}")
            .users(3);
        let script = render(&test, &Thresholds::new());
        assert!(script.contains("|| \"http://shop:8080\";"), "{script}");
        assert!(
            script.contains(r#"BASE + "/\"); evil(`${1}`); //\n\u2028", null"#),
            "{script}"
        );
        assert!(!script.contains("\n  evil"), "{script}");
        assert!(script.contains(r#""{\"a\": \"'\\u0041\"}""#), "{script}");
        assert!(script.contains("target: 6 }"), "{script}");
    }
}
