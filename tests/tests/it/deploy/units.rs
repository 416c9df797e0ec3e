//! The systemd units: their keys, their commands, and what `systemd-analyze` says where it is there.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;
use tests::binary;

use super::{Program, read};

const UNITS: [&str; 3] = ["guichet.service", "guichet-backup.service", "guichet-backup.timer"];
/// Where the units expect the program.
const PROGRAM: &str = "/usr/local/bin/guichet";
/// What may stand in which section, beside what is hardened.
const KEYS: [(&str, &str); 4] = [
    ("Unit", "Description After Wants"),
    (
        "Service",
        "Type User Group StateDirectory StateDirectoryMode ConfigurationDirectory WorkingDirectory \
         UMask ExecStart ExecReload Restart RestartSec TimeoutStopSec TimeoutStartSec LimitNOFILE \
         MemoryMax TasksMax ReadWritePaths Nice IOSchedulingClass",
    ),
    ("Timer", "OnCalendar RandomizedDelaySec Persistent"),
    ("Install", "WantedBy"),
];
/// What every service must have: it may do nothing that it does not need.
const HARDENED: [(&str, &str); 25] = [
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("AmbientCapabilities", ""),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("ProtectClock", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectProc", "invisible"),
    ("ProcSubset", "pid"),
    ("PrivateDevices", "yes"),
    ("PrivateTmp", "yes"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("MemoryDenyWriteExecute", "yes"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service"),
    ("SystemCallFilter", "~@privileged"),
    ("SystemCallErrorNumber", "EPERM"),
    ("UMask", "0077"),
];
/// Keys of that sort that not every service has.
const MORE: &str = "PrivateUsers PrivateNetwork RemoveIPC RestrictAddressFamilies";

/// A unit: its keys by section, in order.
type Unit = BTreeMap<String, Vec<(String, String)>>;

fn parse(name: &str) -> Unit {
    let mut unit = Unit::new();
    let mut section = String::new();
    for line in read(name).lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(inside) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside.clone_into(&mut section);
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{name}: {line}"));
        let keys = unit.entry(section.clone()).or_default();
        keys.push((key.to_owned(), value.to_owned()));
    }
    unit
}

fn values<'a>(unit: &'a Unit, section: &str, key: &str) -> Vec<&'a str> {
    let keys = unit.get(section).map(Vec::as_slice).unwrap_or_default();
    keys.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn the_units_have_only_keys_of_systemd() {
    for name in UNITS {
        for (section, keys) in parse(name) {
            let known = KEYS.iter().find(|(known, _)| *known == section);
            let (_, known) = known.unwrap_or_else(|| panic!("{name} has a section {section}"));
            let hardened = HARDENED.iter().map(|(key, _)| *key).chain(MORE.split(' '));
            let known: Vec<&str> = known.split_whitespace().chain(hardened).collect();
            for (key, _) in keys {
                assert!(known.contains(&key.as_str()), "{name}: [{section}] {key}");
            }
        }
    }
}

#[test]
fn the_services_may_do_nothing_that_they_do_not_need() {
    for name in ["guichet.service", "guichet-backup.service"] {
        let unit = parse(name);
        for (key, value) in HARDENED {
            let found = values(&unit, "Service", key);
            assert!(found.contains(&value), "{name}: {key}={value}, not {found:?}");
        }
        assert_eq!(values(&unit, "Service", "User"), ["guichet"], "{name}");
        let families = values(&unit, "Service", "RestrictAddressFamilies");
        assert_eq!(families.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn the_units_call_the_program_as_it_is() {
    let program = Program::new();
    for name in ["guichet.service", "guichet-backup.service"] {
        let unit = parse(name);
        let [command] = values(&unit, "Service", "ExecStart")[..] else { panic!("{name}") };
        let mut words = command.split_whitespace();
        assert_eq!(words.next(), Some(PROGRAM), "{name}");
        program.knows_command(&words.collect::<Vec<_>>(), name).await;
    }
    let service = parse("guichet.service");
    assert_eq!(values(&service, "Service", "ExecReload"), ["/bin/kill -HUP $MAINPID"]);
    assert_eq!(values(&service, "Service", "Restart"), ["always"]);
}

/// The service is not killed before it has finished what is in progress.
#[test]
fn the_stop_is_as_long_as_the_grace() {
    let service = parse("guichet.service");
    let [stop] = values(&service, "Service", "TimeoutStopSec")[..] else { panic!("one stop") };
    let toml = read("guichet.toml");
    let grace = toml.lines().find_map(|line| line.strip_prefix("grace_s = ")).unwrap();
    let (stop, grace) = (stop.parse().unwrap(), grace.parse::<u64>().unwrap());
    // The process itself waits five seconds more than the grace.
    let at_least = Duration::from_secs(grace + 5);
    assert!(Duration::from_secs(stop) > at_least, "{stop} s for a grace of {grace} s");
}

/// What `systemd-analyze` has to say, on a machine that has it: the keys are checked above in any
/// case.
#[test]
fn systemd_finds_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let program = binary::guichet().unwrap();
    for name in UNITS {
        let text = read(name).replace(PROGRAM, program.to_str().unwrap());
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no", "--recursive-errors=no"]).args(UNITS);
    match command.current_dir(folder.path()).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.trim().is_empty(), "{said}");
        }
        Err(why) => assert_eq!(why.kind(), std::io::ErrorKind::NotFound, "{why}"),
    }
}
