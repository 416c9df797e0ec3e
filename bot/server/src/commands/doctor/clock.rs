//! The check of the clock: against this program, the rows of the store, and the database's server.

use bot_core::UnixMs;
use flows::model::city::City;
use std::time::Duration;

use super::finding::{Check, Finding};

/// The first day of the year in which this version was written: no right clock is before it.
const WRITTEN: UnixMs = UnixMs(1_767_225_600_000);
/// How far rows may lie ahead: another machine of the same service may have written them.
const MAX_AHEAD: Duration = Duration::from_mins(1);
/// How far the clock of the database's server may be from ours.
const MAX_APART: Duration = Duration::from_secs(5);
const MEND: &str = "set this machine's clock and have it kept right (timedatectl set-ntp true)";

/// Times that the store knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// Of the newest row that carries one.
    pub(super) newest: Option<UnixMs>,
    /// How far the server's clock is from ours.
    pub(super) apart: Option<Duration>,
}

/// Judges the time.
pub(super) fn look(now: UnixMs, city: Option<&City>, times: &Times) -> Finding {
    let zone = city.map(|city| (&city.info.zone_name, &city.info.zone));
    let told = match zone {
        Some((name, zone)) => {
            let here = zone.to_datetime(now.timestamp()).strftime("%Y-%m-%d %H:%M");
            format!("it is {here} in {name}")
        }
        None => format!("it is {} UTC", now.timestamp().strftime("%Y-%m-%d %H:%M")),
    };
    judge(now, &told, times)
}

fn judge(now: UnixMs, told: &str, times: &Times) -> Finding {
    let ahead = times.newest.map(|newest| newest.since(now)).unwrap_or_default();
    let apart = times.apart.unwrap_or_default();
    if now < WRITTEN {
        Finding::fail(Check::Clock, format!("{told}, before this program was written"), MEND)
    } else if ahead > MAX_AHEAD {
        let found = format!("{told}, {} s before the newest row of the store", ahead.as_secs());
        Finding::warn(Check::Clock, found, MEND)
    } else if apart > MAX_APART {
        let found =
            format!("{told}, {} s from the clock of the database's server", apart.as_secs());
        Finding::warn(Check::Clock, found, format!("{MEND}, and the server's"))
    } else {
        Finding::ok(Check::Clock, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const NOON: UnixMs = UnixMs(1_777_896_000_000);

    fn told(now: UnixMs, newest_ahead_s: u64, apart_s: u64) -> String {
        let times = Times {
            newest: Some(now.plus(Duration::from_secs(newest_ahead_s))),
            apart: Some(Duration::from_secs(apart_s)),
        };
        look(now, None, &times).line()
    }

    #[test]
    fn a_clock_is_held_against_what_is_known() {
        let lines = [
            told(NOON, 60, 5),
            told(NOON, 61, 0),
            told(NOON, 0, 6),
            told(UnixMs(0), 61, 6),
            told(WRITTEN, 0, 0),
            look(NOON, None, &Times::default()).line(),
        ];
        expect![[r#"
            ok    clock          it is 2026-05-04 12:00 UTC
            warn  clock          it is 2026-05-04 12:00 UTC, 61 s before the newest row of the store; set this machine's clock and have it kept right (timedatectl set-ntp true)
            warn  clock          it is 2026-05-04 12:00 UTC, 6 s from the clock of the database's server; set this machine's clock and have it kept right (timedatectl set-ntp true), and the server's
            FAIL  clock          it is 1970-01-01 00:00 UTC, before this program was written; set this machine's clock and have it kept right (timedatectl set-ntp true)
            ok    clock          it is 2026-01-01 00:00 UTC
            ok    clock          it is 2026-05-04 12:00 UTC"#]]
        .assert_eq(&lines.join("\n"));
    }
}
