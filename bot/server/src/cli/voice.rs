//! The command line of `guichet voice`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct VoiceArgs {
    #[command(subcommand)]
    pub command: VoiceCommand,
}

#[derive(Subcommand)]
pub(crate) enum VoiceCommand {
    /// Transcribe recordings: WAV, MP3, Ogg, WebM, MP4.
    #[command(after_help = "Examples:
  guichet voice transcribe message.wav
  guichet voice transcribe --lang fr --json *.ogg

A line a file: what is said in it. Doubtful words stand between ‹ and ›. With --json one object a line:
file, language, language_share, text, confidence, seconds, took_s, is_cut, is_doubtful and words with
their times. A recording in which nobody speaks has no text. Exit code 1 when a file could not be read.")]
    Transcribe {
        /// The recordings.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The language that is spoken.
        #[arg(long, value_enum, default_value_t = Heard::Auto)]
        lang: Heard,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Measure on recordings whose words are known: the word error rate, time and memory.
    #[command(after_help = "Examples:
  guichet voice eval --corpus corpus.tsv
  guichet voice eval --corpus corpus.tsv --lang auto --json
  guichet voice eval --corpus corpus.tsv --write transcripts.tsv
  guichet voice eval --corpus corpus.tsv --transcripts another-program.tsv

A corpus has a first line of names; the columns file, language and reference are read, and of tier, if it is
there, each value is told apart. Files are looked for beside the corpus. A line of transcripts is
file<TAB>text. docs/voice.md says how texts are compared.")]
    Eval(VoiceEvalArgs),
}

#[derive(Args)]
pub(crate) struct VoiceEvalArgs {
    /// The recordings and what is said in them.
    #[arg(long, value_name = "TSV")]
    pub corpus: PathBuf,
    /// As in the corpus, or guessed.
    #[arg(long, value_enum)]
    pub lang: Option<Heard>,
    /// Measure these transcripts instead of making some.
    #[arg(long, value_name = "TSV", conflicts_with = "write")]
    pub transcripts: Option<PathBuf>,
    /// Keep the transcripts.
    #[arg(long, value_name = "TSV")]
    pub write: Option<PathBuf>,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// A language, or whichever it is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Heard {
    /// Whichever of the two it is.
    Auto,
    /// Français.
    Fr,
    /// English.
    En,
}

impl Heard {
    /// Gives the language; none where it is to be guessed.
    pub(crate) const fn language(self) -> Option<bot_core::Language> {
        match self {
            Self::Auto => None,
            Self::Fr => Some(bot_core::Language::Fr),
            Self::En => Some(bot_core::Language::En),
        }
    }
}
