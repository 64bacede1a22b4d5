//! A headless Chromium for a test, driven over
//! [WebDriver](https://www.w3.org/TR/webdriver2/); both end with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

/// The key that the standard gives an element's id under.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ESCAPE: &str = "\u{e00c}";

pub(crate) struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    profile: PathBuf,
}

impl Browser {
    /// `None` when the test is to be skipped.
    pub(crate) fn start(name: &str) -> Option<Self> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut driver) = started else {
            let message = "SKIPPED: no chromedriver on the PATH; install it with \
                           `scripts/get-chromium.sh`";
            assert!(std::env::var_os("CI").is_none(), "{message}");
            // Past the harness, which keeps what a passing test prints to itself.
            let _ = writeln!(std::io::stderr().lock(), "\n{message}\n");
            return None;
        };
        let out = BufReader::new(driver.stdout.take().expect("piped"));
        let port = out
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port");
        let profile = std::env::temp_dir().join(format!("caxton-{name}-{}", std::process::id()));
        let mut browser = Self {
            driver,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            session: String::new(),
            profile,
        };
        let answer = browser.call("POST", "/session", &browser.wishes());
        browser.session = format!("/session/{}", answer["sessionId"].as_str().expect("an id"));
        Some(browser)
    }

    fn wishes(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.profile.display());
        json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1200,1400", profile,
            ] },
        } } })
    }

    /// Opens a page, and waits until it is loaded.
    pub(crate) fn open(&self, url: &str) {
        // Another fragment alone would load nothing.
        self.of_session("POST", "/url", &json!({ "url": "about:blank" }));
        self.of_session("POST", "/url", &json!({ "url": url }));
        // On a busy machine the driver may take the empty page for this one.
        for _ in 0..200 {
            let state =
                "return location.href != 'about:blank' && document.readyState == 'complete'";
            if self.run(state) == true {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{url} is not loaded within ten seconds");
    }

    /// What a function's body returns on the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.of_session("POST", "/execute/sync", &body)
    }

    /// Presses keys where the focus is.
    pub(crate) fn press(&self, keys: &str) {
        let active = self.of_session("GET", "/element/active", &Value::Null);
        self.type_into(&active, keys);
    }

    /// Presses keys in the element that a CSS selector finds.
    pub(crate) fn write(&self, selector: &str, keys: &str) {
        let body = json!({ "using": "css selector", "value": selector });
        let element = self.of_session("POST", "/element", &body);
        self.type_into(&element, keys);
    }

    fn type_into(&self, element: &Value, keys: &str) {
        let path = format!(
            "/element/{}/value",
            element[ELEMENT].as_str().expect("an element")
        );
        self.of_session("POST", &path, &json!({ "text": keys }));
    }

    /// As one who has this medium and colour scheme sees it.
    pub(crate) fn emulate(&self, medium: &str, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let params = json!({ "media": medium, "features": features });
        let body = json!({ "cmd": "Emulation.setEmulatedMedia", "params": params });
        self.of_session("POST", "/goog/cdp/execute", &body);
    }

    /// What the page and the browser said on the console since the last time.
    pub(crate) fn said(&self) -> Vec<String> {
        let log = self.of_session("POST", "/se/log", &json!({ "type": "browser" }));
        let lines = log.as_array().expect("a list");
        lines
            .iter()
            .map(|line| line["message"].to_string())
            .collect()
    }

    /// The window as PNG.
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        let png = self.of_session("GET", "/screenshot", &Value::Null);
        let text = png.as_str().expect("text");
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .expect("base64")
    }

    fn end(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let (session, address) = (&self.session, self.address);
        write!(
            stream,
            "DELETE {session} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }

    #[track_caller]
    fn of_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("{}{path}", self.session), body)
    }

    #[track_caller]
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let start = Instant::now();
        let answer = self.exchange(method, path, body);
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let value = answer["value"].clone();
        let took = start.elapsed();
        assert!(
            value.get("error").is_none(),
            "{path} after {took:?}: {value:#}"
        );
        value
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> String {
        let body = if method == "POST" {
            body.to_string()
        } else {
            String::new()
        };
        let mut stream = TcpStream::connect(self.address).expect("chromedriver listens");
        stream
            .set_read_timeout(Some(Duration::from_mins(2)))
            .expect("a time");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("an answer");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a number");
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer).expect("all of the answer");
        String::from_utf8(answer).expect("UTF-8")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Else the browser would outlive what drives it.
        let _ = self.end();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
