//! A real Postgres and a real Redis, each in a folder of its own on loopback,
//! which end with the values here.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Who runs Postgres where the tests run as root, which it refuses: `nobody`.
const NOBODY: u32 = 65_534;

/// Until a server takes connections.
const START: Duration = Duration::from_secs(60);

/// A server that ends with this value.
pub struct Database {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    _folder: TempDir,
}

impl Database {
    /// Postgres with the user `caxton`, who needs no password.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn postgres(bin: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let command = |program: &str| {
            let mut command = Command::new(bin.join(program));
            command
                .current_dir(folder.path())
                .env("HOME", folder.path());
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            command.stdin(Stdio::null()).stdout(Stdio::null());
            command
        };
        if is_root {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("an owner");
        }
        let made = command("initdb")
            .args(["--username=caxton", "--auth=trust", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C", "--pgdata"])
            .arg(&data)
            .stderr(Stdio::piped())
            .output()
            .expect("initdb starts");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "initdb: {said}");
        let address = free();
        let process = command("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-c", "fsync=off", "-p"])
            .arg(address.port().to_string())
            .arg("-k")
            .arg(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres starts");
        Self::wait(process, address, folder)
    }

    /// Redis, which keeps nothing.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn redis(bin: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free();
        let process = Command::new(bin.join("redis-server"))
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(address.port().to_string())
            .arg("--dir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        Self::wait(process, address, folder)
    }

    fn wait(process: Child, address: SocketAddr, folder: TempDir) -> Self {
        let mut database = Self {
            process,
            address,
            _folder: folder,
        };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = database.process.try_wait().expect("a process");
            assert!(ended.is_none(), "it ended: {ended:?}");
            assert!(start.elapsed() < START, "it does not listen on {address}");
            std::thread::sleep(Duration::from_millis(50));
        }
        database
    }
}

impl Drop for Database {
    /// An interrupt, so that Postgres ends its own processes.
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args(["-INT", &id]).status();
        let start = Instant::now();
        while told.as_ref().is_ok_and(std::process::ExitStatus::success)
            && start.elapsed() < Duration::from_secs(5)
        {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Free now, and most likely still free a moment later.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound")
}
