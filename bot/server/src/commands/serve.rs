//! `guichet serve`: the service.

use anyhow::Context;
use bot_city::Register;
use bot_core::{Bilingual, Chance, Channel, Clock, Language, UnixMs};
use bot_store::Store;
use bot_web::token::{N_KEY_BYTES, TokenKey};
use bot_web::{House, Web};
use bot_worker::metrics_text;
use bot_worker::{Metrics, Runner, Shell, Square};
use flows::render::{self, Given, Voice};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::{Role, ServeArgs};
use crate::commands::ears::CityEars;
use crate::commands::links::OwnLinks;
use crate::commands::live::Keeper;
use crate::commands::office::CityOffice;
use crate::commands::teaching::{Learnt, Teacher};
use crate::commands::town;
use crate::settings::{Settings, redacted};
use crate::world::{OsChance, OsClock};
use crate::{files, log, out};

/// Runs the service until it is told to stop.
pub(crate) fn run(settings: &Settings, args: &ServeArgs) -> anyhow::Result<ExitCode> {
    log::start(&settings.log);
    files::raise_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(settings, args.role));
    // What is being learnt on a thread of its own is left: the next start learns it.
    runtime.shutdown_background();
    served?;
    Ok(ExitCode::SUCCESS)
}

/// The parts of a running service.
pub(crate) struct Service {
    pub shell: Shell,
    pub store: Arc<dyn Store>,
    pub teacher: Arc<Teacher>,
}

/// Opens the store and puts the city up.
pub(crate) async fn prepare(
    settings: &Settings,
    store: Arc<dyn Store>,
) -> anyhow::Result<(Service, Learnt)> {
    let teacher = Arc::new(Teacher::new(settings));
    let (package, mut town, learnt) = town::build(&settings.city.dir, &teacher)?;
    let clock: Arc<dyn Clock> = Arc::new(OsClock);
    let chance: Arc<dyn Chance> = Arc::new(OsChance);
    town::settle(&mut town, &package, store.as_ref(), clock.now()).await?;
    let mut outside = settings.outside()?;
    let services = Bilingual::from_fn(|lang| {
        town.city.services.values().map(|service| service.name.get(lang).clone()).collect()
    });
    let vocabulary = nlu::vocabulary::vocabulary(&services, &town.gazetteer);
    outside.ears = Some(Arc::new(CityEars::new(settings, vocabulary)));
    let public_url = settings.public_url()?;
    if !public_url.is_empty() {
        let key = token_key(store.as_ref(), chance.as_ref()).await?;
        outside.links = Some(Arc::new(OwnLinks { public_url, key }));
    }
    let shell = Shell {
        store: Arc::clone(&store),
        square: Arc::new(Square::new(town)),
        actions: Arc::new(Register),
        clock,
        chance,
        metrics: Arc::new(Metrics::default()),
        learning: settings.learning(),
        outside: Arc::new(outside),
    };
    Ok((Service { shell, store, teacher }, learnt))
}

/// Opens the store that the settings name.
pub(crate) async fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    let mut store = bot_store_sql::Settings::new(&settings.store.url);
    store.max_connections = settings.store.max_connections.max(2);
    let shown = redacted(&settings.store.url);
    bot_store_sql::open(&store).await.with_context(|| format!("cannot open the store {shown}"))
}

/// Opens the store for one errand of a command, and closes it.
pub(crate) fn with_store<T>(
    settings: &Settings,
    errand: impl AsyncFnOnce(&dyn Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = open_store(settings).await?;
        let done = errand(store.as_ref()).await;
        store.close().await;
        done
    })
}

async fn serve(settings: &Settings, role: Role) -> anyhow::Result<()> {
    // The door is taken first: a second counter on the same port must not touch the store.
    let listener = match role {
        Role::All | Role::Web => Some(listen(&settings.server.bind).await?),
        Role::Worker => None,
    };
    let store = open_store(settings).await?;
    let (service, learnt) = prepare(settings, store).await?;
    service.teacher.tell();
    announce(settings, &service.shell, &learnt, listener.as_ref());
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    if matches!(role, Role::All | Role::Worker) {
        let runner = Runner::new(service.shell.clone(), settings.runner(), stop.clone());
        tasks.spawn(runner.run());
    }
    if let Some(listener) = listener {
        let web = web(settings, &service.shell).await?.until(stop.clone());
        tasks.spawn(bot_web::serve(listener, web));
    }
    let keeper = Keeper {
        settings: settings.clone(),
        shell: service.shell.clone(),
        teacher: Arc::clone(&service.teacher),
        role,
    };
    tasks.spawn(keeper.run(stop.clone()));
    tasks.close();
    wait_for_stop().await;
    out::tell("stopping: what is in progress is being finished …");
    stop.cancel();
    let grace = Duration::from_secs(settings.worker.grace_s.saturating_add(5));
    if tokio::time::timeout(grace, tasks.wait()).await.is_err() {
        tracing::warn!("some clients were still connected at the end of the grace");
    }
    service.store.close().await;
    out::tell("stopped");
    Ok(())
}

async fn listen(bind: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(bind).await.with_context(|| {
        let taken = std::net::ToSocketAddrs::to_socket_addrs(bind).is_ok();
        let hint = if taken {
            "is a counter running there already?"
        } else {
            "write an address and a port, as 127.0.0.1:8311"
        };
        format!("cannot listen on {bind}: {hint} (server.bind)")
    })
}

/// Says what was done and where to click.
fn announce(settings: &Settings, shell: &Shell, learnt: &Learnt, listener: Option<&TcpListener>) {
    let town = shell.town();
    let city = &town.city;
    let understanding = match learnt {
        Learnt::Now(took) => {
            format!("trained in {:.1} s, kept for the next start", took.as_secs_f64())
        }
        Learnt::Before(took) => format!("read in {:.2} s", took.as_secs_f64()),
    };
    out::tell(&format!("{}: {}", city.info.name.fr, settings.city.dir.display()));
    out::tell(&format!(
        "  {} flows, {} categories, {} intents, {} places; checked, no fault",
        city.flows.len(),
        city.services.len(),
        city.intents.len(),
        city.places.len()
    ));
    out::tell(&format!("  understanding {understanding}"));
    out::tell(&format!("  store {}", redacted(&settings.store.url)));
    if let Some(address) = listener.and_then(|listener| listener.local_addr().ok()) {
        out::tell(&format!("\nThe counter is open: http://{address}   (Ctrl-C stops it)"));
    } else {
        out::tell("\nThe worker is at work. (Ctrl-C stops it)");
    }
}

async fn wait_for_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
}

/// Gives the key that signs tokens, links and steps of calls; the first start makes it.
async fn token_key(store: &dyn Store, chance: &dyn Chance) -> anyhow::Result<TokenKey> {
    let mut fresh = [0; N_KEY_BYTES];
    chance.fill(&mut fresh);
    let mut tx = store.begin().await?;
    let key = tx.secrets().get_or_insert("web_token", &fresh).await?;
    tx.commit().await?;
    let key: Result<[u8; N_KEY_BYTES], _> = key.try_into();
    let key = key.map_err(|_| anyhow::anyhow!("the key of the tokens has a wrong length"))?;
    Ok(TokenKey::new(key))
}

async fn web(settings: &Settings, shell: &Shell) -> anyhow::Result<Web> {
    let web = Web::new(
        Arc::clone(&shell.store),
        Arc::clone(&shell.clock),
        Arc::clone(&shell.chance),
        Arc::new(OpenHouse(shell.clone())),
        token_key(shell.store.as_ref(), shell.chance.as_ref()).await?,
        settings.limits(),
    )
    .behind(settings.proxies()?)
    .embedded_in(settings.embed()?)
    .on(settings.lines()?);
    Ok(match settings.staff_key()? {
        Some(key) => {
            let office = CityOffice::new(shell.clone(), settings.city.dir.clone());
            web.staffed(key, Arc::new(office))
        }
        None => web,
    })
}

/// The live city, as the door sees it.
struct OpenHouse(Shell);

impl House for OpenHouse {
    fn release(&self) -> String {
        self.0.town().city.hash.clone()
    }

    fn city_name(&self, lang: Language) -> String {
        self.0.town().city.info.name.get(lang).clone()
    }

    fn languages(&self) -> Vec<Language> {
        self.0.town().city.info.languages.clone()
    }

    fn burst(&self, channel: Channel) -> Duration {
        Duration::from_millis(self.0.town().city.channel(channel).burst_ms)
    }

    fn text(&self, key: &str, holes: &[(&str, String)], lang: Language) -> String {
        let town = self.0.town();
        let voice = Voice { lang, channel: Channel::Web };
        let words = town.city.texts.get(key);
        words
            .map(|text| render::wording(&town.city, text, voice, &Given(holes)))
            .unwrap_or_default()
    }

    fn texts(&self, prefix: &str, lang: Language) -> BTreeMap<String, String> {
        let town = self.0.town();
        let texts = town.city.texts.iter().filter(|(key, _)| key.starts_with(prefix));
        texts
            .map(|(key, _)| (key.clone(), self.text(key, &[("n", "{n}".to_owned())], lang)))
            .collect()
    }

    fn service_name(&self, code: &str, lang: Language) -> Option<String> {
        self.0.town().city.services.get(code).map(|service| service.name.get(lang).clone())
    }

    fn default_queue(&self) -> String {
        self.0.town().city.info.default_queue.clone()
    }

    fn hints(&self, lang: Language) -> Vec<String> {
        let town = self.0.town();
        town.city.services.values().map(|service| service.name.get(lang).clone()).collect()
    }

    fn day(&self, at: UnixMs, lang: Language) -> String {
        let zone = &self.0.town().city.info.zone;
        render::date(zone.to_datetime(at.timestamp()).date(), lang)
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn metrics(&self) -> String {
        metrics_text(&self.0.metrics.numbers())
    }
}
