//! Looks after the city that is live: reads it again when told to, and retrains at night.
//!
//! Lives here: when that is done, and the swap. Never here: how anything is learnt or compared.

use bot_core::UnixMs;
use bot_worker::retraining::Comparison;
use bot_worker::{Shell, Town};
use flows::Package;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::Role;
use crate::commands::retraining::{self, Account, Attempt, Candidate, Changes, Outcome, lines};
use crate::commands::teaching::Teacher;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// How often the clock is looked at: one that was set, or a machine that slept, is noticed.
const LOOK: Duration = Duration::from_mins(1);

/// Looks after the city that is live.
pub(crate) struct Keeper {
    pub settings: Settings,
    pub shell: Shell,
    pub teacher: Arc<Teacher>,
    /// Only who understands messages retrains.
    pub role: Role,
}

/// How a retraining ended, and what was found.
type Ended = (Outcome, Option<Comparison>);

/// What a keeper is called for.
enum Call {
    /// Read the city again.
    Reload,
    /// Retrain.
    Retrain,
}

impl Keeper {
    /// Works until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        self.note_live();
        let [hangup, user] = [SignalKind::hangup(), SignalKind::user_defined1()].map(signal);
        let (Ok(mut hangup), Ok(mut user)) = (hangup, user) else {
            tracing::error!("signals cannot be heard: the city is not read again");
            return;
        };
        loop {
            let call = tokio::select! {
                () = stop.cancelled() => return,
                call = self.next_call(&mut hangup, &mut user) => call,
            };
            let answer = async {
                match call {
                    Call::Reload => self.reload().await,
                    Call::Retrain => self.retrain().await,
                }
            };
            // Learning takes minutes: whoever stops the counter does not wait for it.
            tokio::select! {
                () = stop.cancelled() => return,
                () = answer => {}
            }
        }
    }

    async fn next_call(&self, hangup: &mut Signal, user: &mut Signal) -> Call {
        let night = self.next_night();
        loop {
            tokio::select! {
                _ = hangup.recv() => return Call::Reload,
                _ = user.recv() => return Call::Retrain,
                () = tokio::time::sleep(LOOK) => {}
            }
            if night.is_some_and(|night| self.shell.now() >= night) {
                return Call::Retrain;
            }
        }
    }

    fn next_night(&self) -> Option<UnixMs> {
        let at = self.settings.nlu.retrain_at().ok().flatten()?;
        next(self.shell.now(), &self.shell.town().city.info.zone, at)
    }

    /// Reads the city again; one with faults is refused, and the old one stays.
    async fn reload(&self) {
        match self.read_again().await {
            Ok(hash) => tracing::info!(release = hash, "another city package is live"),
            Err(error) => {
                tracing::error!("the city package was refused, the old one stays: {error:#}");
            }
        }
    }

    async fn read_again(&self) -> anyhow::Result<String> {
        let (folder, teacher) = (self.settings.city.dir.clone(), Arc::clone(&self.teacher));
        let built = tokio::task::spawn_blocking(move || town::build(&folder, &teacher)).await?;
        let (package, town, _) = built?;
        self.put_up(&package, town).await
    }

    /// Puts a city up; turns in progress end with the one they began with.
    async fn put_up(&self, package: &Package, mut town: Town) -> anyhow::Result<String> {
        town::settle(&mut town, package, self.shell.store.as_ref(), self.shell.now()).await?;
        let hash = town.city.hash.clone();
        self.shell.square.swap(town);
        self.note_live();
        Ok(hash)
    }

    /// Retrains, where there is something to learn, and puts up what is no worse.
    async fn retrain(&self) {
        if matches!(self.role, Role::Web) {
            return;
        }
        let began = Instant::now();
        let attempt = self.attempt().await.unwrap_or_else(|error| {
            let outcome = Outcome::Failed(out::explained(&error));
            Some((outcome, None))
        });
        let Some((outcome, comparison)) = attempt else {
            tracing::info!("nothing to learn: the intents are those that are live");
            return;
        };
        for line in comparison.iter().flat_map(lines) {
            tracing::info!("{}", line.text);
        }
        match &outcome {
            Outcome::Live => tracing::info!("retrained: what was learnt is live"),
            Outcome::Refused => tracing::warn!("retrained: worse than what is live, which stays"),
            Outcome::LeftAlone(files) => tracing::warn!(
                ?files,
                "not retrained: other files have changed as well; read the city again (SIGHUP)"
            ),
            Outcome::Failed(why) => tracing::error!("not retrained: {why}"),
        }
        let took_s = began.elapsed().as_secs_f64();
        let zone = &self.shell.town().city.info.zone;
        let at = zone.to_datetime(self.shell.now().timestamp()).strftime("%Y-%m-%d %H:%M");
        let attempt = Attempt { at: at.to_string(), outcome, comparison, took_s };
        self.note(|account| account.last = Some(attempt));
    }

    /// Retrains; `None` where there is nothing to learn.
    async fn attempt(&self) -> anyhow::Result<Option<Ended>> {
        let live = self.shell.town();
        let folder = self.settings.city.dir.clone();
        let (package, city) = tokio::task::spawn_blocking(move || town::load(&folder)).await??;
        let kept = retraining::kept(self.shell.store.as_ref(), &live.city.hash).await?;
        let changes = Changes::between(&kept, &package);
        if !changes.others.is_empty() {
            return Ok(Some((Outcome::LeftAlone(changes.others), None)));
        }
        if changes.intents.is_empty() {
            return Ok(None);
        }
        let (teacher, now) = (Arc::clone(&self.teacher), self.shell.now());
        let tried = tokio::task::spawn_blocking(move || {
            retraining::try_out(&teacher, &live, (package, city), now, &|_, _| {})
        });
        let Candidate { package, town, comparison } = tried.await??;
        let outcome = if comparison.passes() {
            self.put_up(&package, town).await?;
            Outcome::Live
        } else {
            Outcome::Refused
        };
        Ok(Some((outcome, Some(comparison))))
    }

    fn note_live(&self) {
        let hash = self.shell.town().city.hash.clone();
        self.note(|account| account.goes_live(&hash));
    }

    fn note(&self, change: impl FnOnce(&mut Account)) {
        if let Err(error) = Account::change(&self.settings, change) {
            tracing::warn!("what is live cannot be noted: {}", out::explained(&error));
        }
    }
}

/// Gives the next time that the clocks of a zone show an hour; one that they skip comes after the
/// skip.
fn next(now: UnixMs, zone: &TimeZone, at: Time) -> Option<UnixMs> {
    let today = zone.to_datetime(now.timestamp()).date();
    let found = [Some(today), today.tomorrow().ok()].into_iter().flatten().find_map(|day| {
        let night = zone.to_timestamp(day.to_datetime(at)).ok()?;
        (night > now.timestamp()).then_some(night)
    });
    found.map(|night| UnixMs(night.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_follows_the_clocks_of_the_city() {
        let zone = TimeZone::get("America/Toronto").unwrap();
        for (now, at, wanted) in [
            ("2026-05-12T07:00:00Z", "03:30", "2026-05-12T07:30:00Z"),
            ("2026-05-12T07:30:00Z", "03:30", "2026-05-13T07:30:00Z"),
            ("2026-05-12T20:00:00Z", "03:30", "2026-05-13T07:30:00Z"),
            // The night in which the hour after two does not come.
            ("2026-03-08T05:00:00Z", "02:30", "2026-03-08T07:30:00Z"),
            // The night in which it comes twice: the first one, and not again.
            ("2026-11-01T04:00:00Z", "01:30", "2026-11-01T05:30:00Z"),
            ("2026-11-01T05:30:00Z", "01:30", "2026-11-02T06:30:00Z"),
        ] {
            let now: jiff::Timestamp = now.parse().unwrap();
            let next = next(UnixMs(now.as_millisecond()), &zone, at.parse().unwrap()).unwrap();
            assert_eq!(next.timestamp().to_string(), wanted, "{now} {at}");
        }
    }
}
