//! Teaches the understanding what a city's package holds, and keeps what was learnt.
//!
//! Lives here: which model files are used, and where vectors and heads are kept. Never here: how
//! anything is learnt.

use anyhow::Context;
use bot_worker::lesson;
use flows::model::city::City;
use indicatif::ProgressBar;
use models::Folder;
use nlu::{FirstHead, Lesson, Tools, Trainer, Vectors, Words};
use nlu_backends::Backend;
use nlu_encoder::{Encoder, Queue, ReadError, UseM3};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::commands::cache;
use crate::out;
use crate::settings::{Encoders, Settings};

/// The models' names in the list.
const USE_M3: &str = "use-m3";
const WORDS: &str = "words-fr-en";

/// How the understanding came about.
pub(crate) enum Learnt {
    /// It was trained just now.
    Now(Duration),
    /// It was read from what an earlier start had learnt.
    Before(Duration),
}

/// Teaches heads with the model files at hand.
pub(crate) struct Teacher {
    tools: Tools,
    cache_dir: PathBuf,
    /// Why models were left out.
    missing: Vec<String>,
}

impl Teacher {
    /// Takes the encoders that the settings name, and tells of what is left out.
    pub(crate) fn told(settings: &Settings) -> Self {
        let teacher = Self::new(settings);
        teacher.tell();
        teacher
    }

    /// Takes the encoders that the settings name; one whose file is missing or damaged is left
    /// out.
    pub(crate) fn new(settings: &Settings) -> Self {
        let folder = Folder::new(&settings.models.dir);
        let wanted = settings.nlu.encoders;
        // The settings were refused if the program has no such backend.
        let backend = settings.nlu.backend().unwrap_or(Backend::Own);
        let files = settings.nlu.files(&settings.models.dir);
        let mut missing = Vec::new();
        let mut encoders = Vec::new();
        if wanted != Encoders::None {
            let read: Read<'_> = &|bytes| Ok(Arc::new(UseM3::read(bytes)?));
            let found = encoder(&folder, USE_M3, read);
            encoders.extend(or_without(USE_M3, found, &mut missing));
        }
        // The others count beside the first; the cheaper one is asked first.
        let further = [
            (settings.nlu.english_encoder, nlu_encoder::MINILM),
            (wanted == Encoders::All, nlu_encoder::E5_SMALL),
        ];
        let further = further.into_iter().filter(|(wanted, _)| *wanted && !encoders.is_empty());
        let further: Vec<_> = further.map(|(_, model)| model).collect();
        for model in further {
            let read: Read<'_> = &|bytes| Ok(Arc::new(backend.read(model, bytes, &files)?));
            let found = encoder(&folder, model.name, read);
            encoders.extend(or_without(model.name, found, &mut missing));
        }
        let words = or_without(WORDS, words(&folder), &mut missing);
        let tools = Tools { encoders, words };
        Self { tools, cache_dir: settings.city.cache_dir.clone(), missing }
    }

    /// Tells of the models that are left out.
    pub(crate) fn tell(&self) {
        for line in &self.missing {
            out::tell(line);
        }
    }

    /// Keeps what is learnt in another folder.
    pub(crate) fn keeping_in(self, cache_dir: &Path) -> Self {
        Self { cache_dir: cache_dir.to_owned(), ..self }
    }

    /// Gives what trains heads on any lesson; sentences of the city cost nothing again.
    pub(crate) fn trainer(&self, city: Option<&City>) -> Trainer {
        let vectors = city.map(|city| self.recall_vectors(city)).unwrap_or_default();
        Trainer::new(self.tools.clone(), vectors)
    }

    /// Learns what a city teaches, or reads what was learnt before.
    pub(crate) fn learn(&self, city: &City) -> anyhow::Result<(FirstHead, Learnt)> {
        let began = Instant::now();
        let lesson = lesson::of_city(city);
        if let Some(head) = self.recall(city, &lesson) {
            return Ok((head, Learnt::Before(began.elapsed())));
        }
        let trainer = self.trainer(Some(city));
        let bar = bar();
        let head = trainer.train(&lesson, &|done, of| out::advance(&bar, done, of))?;
        bar.finish_and_clear();
        if let Err(error) = self.keep(city, &head, &trainer) {
            // The next start only takes longer.
            out::tell(&format!("what was learnt cannot be kept: {}", out::explained(&error)));
        }
        Ok((head, Learnt::Now(began.elapsed())))
    }

    /// Gives what was learnt before; where nothing was, what words alone teach in a moment.
    pub(crate) fn at_once(&self, city: &City) -> FirstHead {
        let lesson = lesson::of_city(city);
        self.recall(city, &lesson).unwrap_or_else(|| FirstHead::train(&lesson))
    }

    /// Tells whether the next start finds all that this city teaches learnt.
    pub(crate) fn is_learnt(&self, city: &City) -> bool {
        self.recall(city, &lesson::of_city(city)).is_some()
    }

    fn recall(&self, city: &City, lesson: &Lesson) -> Option<FirstHead> {
        [self.head_file(city), self.older_head_file(city)].iter().find_map(|file| {
            let bytes = std::fs::read(file).ok()?;
            FirstHead::from_bytes(&bytes, lesson, &self.tools).ok()
        })
    }

    /// Keeps what was learnt, and what was learnt before it: a way back then costs nothing.
    fn keep(&self, city: &City, head: &FirstHead, trainer: &Trainer) -> anyhow::Result<()> {
        let file = self.head_file(city);
        if let Ok(older) = std::fs::read(&file) {
            cache::write(&older, &self.older_head_file(city))?;
        }
        cache::write(&head.to_bytes()?, &file)?;
        cache::write(&trainer.vectors().to_bytes()?, &self.vectors_file(city))
    }

    fn recall_vectors(&self, city: &City) -> Vectors {
        if self.tools.encoders.is_empty() {
            return Vectors::default();
        }
        let bytes = std::fs::read(self.vectors_file(city)).unwrap_or_default();
        Vectors::from_bytes(&bytes)
    }

    fn head_file(&self, city: &City) -> PathBuf {
        self.cache_dir.join(format!("understanding-{}.bin", city.info.id))
    }

    fn older_head_file(&self, city: &City) -> PathBuf {
        self.cache_dir.join(format!("understanding-{}.older.bin", city.info.id))
    }

    fn vectors_file(&self, city: &City) -> PathBuf {
        self.cache_dir.join(format!("vectors-{}.bin", city.info.id))
    }
}

/// Notes why a model is left out.
fn or_without<T>(name: &str, read: anyhow::Result<T>, missing: &mut Vec<String>) -> Option<T> {
    read.map_err(|error| {
        missing.push(format!("going on without {name}: {}", out::explained(&error)));
    })
    .ok()
}

/// Reads an encoder from the bytes of its file.
type Read<'a> = &'a dyn Fn(&[u8]) -> Result<Arc<dyn Encoder>, ReadError>;

/// Reads an encoder and puts a queue before it.
fn encoder(folder: &Folder<'_>, name: &str, read: Read<'_>) -> anyhow::Result<Arc<dyn Encoder>> {
    let encoder = read(&folder.read(name)?)?;
    let n_threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    Ok(Arc::new(Queue::start(encoder, n_threads)?))
}

/// Reads the words of both languages.
fn words(folder: &Folder<'_>) -> anyhow::Result<Arc<Words>> {
    let bytes = folder.read(WORDS)?;
    let list = String::from_utf8(bytes).context("the list of words is not text")?;
    Ok(Arc::new(Words::read(&list)?))
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_style(out::bar_style("learning the city's sentences {bar:30} {pos}/{len}"));
    bar
}
