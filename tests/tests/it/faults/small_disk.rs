//! A small disk of a test's own, in memory, that can be filled up and emptied.
//!
//! It is mounted in a namespace of its own, for which nobody need be root; a process that holds
//! the namespace stands for the disk, and the counter is run inside it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tests::Setup;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Mounts the disk, says so, and stays until its input ends.
const MOUNT: &str = "mount -t tmpfs -o size=$1 tmpfs \"$2\" && echo mounted && exec cat";
const MOUNTED: &str = "mounted";
/// What is written at once, the largest first: the disk ends up full to the last byte.
const BLOCKS: [usize; 3] = [1 << 20, 1 << 12, 1];

/// A small disk; it goes with whatever is on it when dropped.
pub(super) struct SmallDisk {
    holder: Child,
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk of a size, as in `64m`, over a folder.
    pub(super) async fn mount(folder: &Path, size: &str) -> Self {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", size]).arg(folder);
        let mut holder = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this test needs unshare, of util-linux");
        let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
        let said = lines.next_line().await.unwrap();
        assert_eq!(
            said.as_deref(),
            Some(MOUNTED),
            "this test mounts a small disk: run it as root, or where users may make namespaces \
             (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"
        );
        Self { holder, folder: folder.to_owned() }
    }

    /// Has the counter run where the disk is mounted.
    pub(super) fn under(&self, setup: Setup) -> Setup {
        let target = format!("--target={}", self.pid());
        let enter = ["nsenter", "--preserve-credentials", "--user", "--mount", &target, "--"];
        setup.run_by(&enter.map(OsStr::new))
    }

    /// Fills the disk up.
    pub(super) fn fill(&self) {
        let mut ballast = File::create(self.path("ballast")).unwrap();
        for size in BLOCKS {
            let block = vec![0; size];
            let full = loop {
                if let Err(error) = ballast.write_all(&block) {
                    break error;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
        }
    }

    /// Makes room again.
    pub(super) fn empty(&self) {
        std::fs::remove_file(self.path("ballast")).unwrap();
    }

    /// Gives a file's path as it is seen from outside.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        let inside = self.folder.strip_prefix("/").unwrap();
        Path::new("/proc").join(self.pid().to_string()).join("root").join(inside).join(name)
    }

    fn pid(&self) -> u32 {
        self.holder.id().expect("the disk is mounted")
    }
}
