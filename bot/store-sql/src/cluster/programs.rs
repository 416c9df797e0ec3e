//! PostgreSQL's own programs: where they are, and how they are run.
//!
//! PostgreSQL refuses to run as root, so root runs it as the user `postgres`.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::{ClusterError, Disk};

/// The cluster's one user.
pub(super) const SUPERUSER: &str = "guichet";
/// The user that root runs PostgreSQL as; its packages make it.
const SERVER_USER: &str = "postgres";
/// Where Debian and Ubuntu keep a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// Connections of all tests together.
const MAX_CONNECTIONS: u32 = 400;

/// Where the programs are, and who runs them.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    user: String,
}

impl Programs {
    /// Finds `initdb` and `pg_ctl` on the path or where Debian keeps them.
    pub(super) fn find() -> Result<Self, ClusterError> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
        let folder = on_path
            .into_iter()
            .chain(versions())
            .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
            .ok_or(ClusterError::Missing)?;
        let user = text(&run(Command::new("id").arg("-u"))?);
        Ok(Self { folder, user })
    }

    /// Gives the number of the user that the tests run as.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// Makes a cluster in a folder and starts it.
    pub(super) fn start(&self, data: &Path, disk: Disk) -> Result<(), ClusterError> {
        fs::create_dir_all(data)?;
        if self.is_root() {
            let number = |flag: &str| {
                let id = run(Command::new("id").args([flag, SERVER_USER]))?;
                text(&id).parse().map_err(|_| ClusterError::Missing)
            };
            chown(data, Some(number("-u")?), Some(number("-g")?))?;
        }
        let mut init = self.command("initdb", data);
        init.args(["-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-U"]);
        run(init.arg(SUPERUSER))?;
        let fsync = match disk {
            Disk::Skipped => "off",
            Disk::Awaited => "on",
        };
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync={fsync} \
             -c max_connections={MAX_CONNECTIONS}",
            data.display()
        );
        let mut start = self.command("pg_ctl", data);
        start.args(["-w", "-s", "-l"]).arg(data.join("server.log"));
        run(start.args(["-o", &options, "start"]))?;
        Ok(())
    }

    /// Starts the cluster in a folder as it was started before.
    pub(super) fn start_again(&self, data: &Path) -> Result<(), ClusterError> {
        let mut restart = self.command("pg_ctl", data);
        restart.args(["-w", "-s", "-l"]).arg(data.join("server.log"));
        // Its options are kept beside its data.
        run(restart.arg("restart"))?;
        Ok(())
    }

    /// Stops the cluster in a folder, if one runs there.
    pub(super) fn stop(&self, data: &Path) {
        let mut stop = self.command("pg_ctl", data);
        // It fails where nothing runs, which is what is wanted.
        run(stop.args(["-m", "immediate", "-w", "-s", "stop"])).ok();
    }

    fn is_root(&self) -> bool {
        self.user == "0"
    }

    fn command(&self, program: &str, data: &Path) -> Command {
        let program = self.folder.join(program);
        let mut command = if self.is_root() {
            let mut command = Command::new("setpriv");
            let user = format!("--reuid={SERVER_USER}");
            let group = format!("--regid={SERVER_USER}");
            command.args([&user, &group, "--init-groups", "--"]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder that the tests run in may be closed to that user.
        command.current_dir("/").arg("-D").arg(data);
        command
    }
}

/// Lists Debian's folders of programs, the newest version first.
fn versions() -> Vec<PathBuf> {
    let folders = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut folders: Vec<_> = folders.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders
}

/// Runs a program to its end.
fn run(command: &mut Command) -> Result<Output, ClusterError> {
    let program = command.get_program().to_string_lossy().into_owned();
    // A server that is started keeps what it inherits: it must not hold the test's own output.
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    Err(ClusterError::Program { program, output: String::from_utf8_lossy(&said).trim().to_owned() })
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
