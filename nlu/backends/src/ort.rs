//! The layers run by ONNX Runtime, from an ONNX file that we write ourselves (`onnx.rs`).
//!
//! The library is opened when it is first needed, so that building needs none. The file is written
//! once beside the model files and read again at the next start; its name holds what it was made of.

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::Tensor;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nlu_encoder::bert::{Model, Pass};
use nlu_encoder::{EncodeError, ReadError, Weights};

use crate::lanes::Lanes;
use crate::{Backend, Files, lengths, onnx};

/// Threads that one message's arithmetic is dealt to; more of them wait for each other by spinning.
const THREADS_OF_ONE: usize = 1;

/// The library, opened: one of them a process. What is opened first stays.
static LIBRARY: Mutex<Option<Environment>> = Mutex::new(None);

struct Ort(Lanes<Session>);

/// Makes the pass.
pub(crate) fn pass(
    weights: &Weights<'_>,
    model: Model,
    files: &Files,
) -> Result<Box<dyn Pass>, ReadError> {
    let refused = |why: String| ReadError::Backend { backend: Backend::Ort.name(), why };
    let library = library(&files.onnxruntime).map_err(refused)?;
    let file = written(weights, model, &files.cache)?;
    let session = || -> ort::Result<Session> {
        Session::builder(&library)?
            .with_intra_threads(THREADS_OF_ONE)?
            .with_optimization_level(GraphOptimizationLevel::Level3)?
            .commit_from_file(&file)
    };
    let lanes = Lanes::make(session).map_err(|error| {
        refused(format!("{}: {error}: delete the file and start again", file.display()))
    })?;
    Ok(Box::new(Ort(lanes)))
}

fn library(file: &Path) -> Result<Environment, String> {
    let mut opened = LIBRARY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = opened.as_ref() {
        return Ok(library.clone());
    }
    let explained = |why: String| {
        format!(
            "the library {} cannot be used ({why}): run guichet models fetch onnxruntime, or set \
             nlu.onnxruntime to a library of ONNX Runtime 1.24 or later",
            file.display()
        )
    };
    if !file.is_file() {
        return Err(explained("there is none".to_owned()));
    }
    let library = ort::init_from(file).map_err(|error| explained(error.to_string()))?;
    let library = library.with_telemetry(false).with_name("guichet").build();
    let library = library.map_err(|error| explained(error.to_string()))?;
    Ok(opened.insert(library).clone())
}

/// Gives the ONNX file of a model's weights, and writes it where it is not there yet.
fn written(weights: &Weights<'_>, model: Model, folder: &Path) -> Result<PathBuf, ReadError> {
    let [a, b, c, d, ..] = weights.fingerprint();
    let name = model.name;
    let made_of = u32::from_be_bytes([a, b, c, d]);
    let file = folder.join(format!("{name}-{made_of:08x}-{}.onnx", onnx::VERSION));
    if file.is_file() {
        return Ok(file);
    }
    let bytes = onnx::file(weights, model)?;
    // Whoever reads meanwhile finds no file or a whole one.
    let part = folder.join(format!("{name}.{}.onnx.part", std::process::id()));
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&part, &bytes)?;
        std::fs::rename(&part, &file)
    };
    match write() {
        Ok(()) => Ok(file),
        Err(error) => Err(ReadError::Backend {
            backend: Backend::Ort.name(),
            why: format!("{} cannot be written ({error})", file.display()),
        }),
    }
}

impl Ort {
    fn run(session: &mut Session, tokens: &[u32], length: usize) -> ort::Result<Vec<f32>> {
        let ids: Vec<i64> = tokens.iter().map(|id| i64::from(*id)).collect();
        let shape = [ids.len() / length.max(1), length];
        let outputs = session.run(ort::inputs![Tensor::from_array((shape, ids))?])?;
        let means = outputs.get("means").ok_or_else(|| ort::Error::new("no means come out"))?;
        let (_, means) = means.try_extract_tensor::<f32>()?;
        Ok(means.to_vec())
    }
}

impl Pass for Ort {
    fn name(&self) -> &'static str {
        "ort 2.0.0-rc.15, graph 2"
    }

    fn means(&self, windows: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncodeError> {
        lengths::means(windows, |tokens, length| {
            let ran = self.0.with(|session| Self::run(session, tokens, length));
            ran.ok_or("there is no session")?.map_err(|error| error.to_string())
        })
    }
}
