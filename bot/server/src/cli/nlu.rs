//! The command line of `guichet nlu`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::{Lang, SuggestionsArgs};

#[derive(Args)]
pub(crate) struct NluArgs {
    #[command(subcommand)]
    pub command: NluCommand,
}

#[derive(Subcommand)]
pub(crate) enum NluCommand {
    /// Train on the city's intents and keep the result for the next start.
    #[command(after_help = "Examples:
  guichet nlu train                      train, unless nothing has changed
  guichet nlu train --check              what is wrong with the sentences, and which to look at

Faults that can be told at once are warnings of a plain train; --check also holds sentences out and
tells which are taken for another intent. It takes as long as an eval. Exit code 1 when --check has
found a fault.")]
    Train {
        /// Look for faults in the sentences, by holding each of them out once.
        #[arg(long)]
        check: bool,
        /// With --check, one JSON object a fault.
        #[arg(long, requires = "check")]
        json: bool,
    },
    /// Tell what is understood of the words given, of a file's lines, or of standard input's.
    #[command(after_help = "Examples:
  guichet nlu predict \"un trou devant chez nous au 12 Cartier\"
  guichet nlu predict --file sentences.txt
  guichet nlu predict --json < lines.txt

With --json, each line out is {\"text\": …, \"understanding\": {intents, outcome, entities, …}}.")]
    Predict {
        /// The words; without them, lines of standard input.
        #[arg(conflicts_with = "file")]
        words: Vec<String>,
        /// A file of sentences, one a line.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Measure: by cross-validation, or on sentences of your own.
    #[command(after_help = "Examples:
  guichet nlu eval                                     the city's sentences, each held out once
  guichet nlu eval --test real.tsv --html report.html  learn from the city, try real sentences
  guichet nlu eval --train a.tsv --test b.tsv --oos c.txt --json
  guichet nlu eval --typos
  guichet nlu eval --entities nlu/testdata/entities.fr.tsv nlu/testdata/entities.en.tsv

A line of a TSV is label<TAB>text[<TAB>fr|en[<TAB>voice]]; lines that begin with # are comments. The
label out_of_scope (or oos) stands for sentences that nothing serves. Every sentence of an --oos file
counts as one, whether its lines have labels or not.")]
    Eval(EvalArgs),
    /// List what is taken for something else, with the sentences.
    #[command(after_help = "Examples:
  guichet nlu confusions
  guichet nlu confusions --test real.tsv
  guichet nlu confusions --intent report_pothole --json

Three lists: sentences taken for another intent, sentences refused that an intent serves, and
sentences answered that nothing serves.")]
    Confusions {
        #[command(flatten)]
        corpus: CorpusArgs,
        /// Folds of the cross-validation.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
        folds: u8,
        /// Only what is meant as, or taken for, this intent.
        #[arg(long, value_name = "INTENT")]
        intent: Option<String>,
        /// One JSON object a confusion.
        #[arg(long)]
        json: bool,
    },
    /// Measure how much more sentences would help.
    #[command(after_help = "Examples:
  guichet nlu curve
  guichet nlu curve --test real.tsv --sizes 5,10,20 --draws 5 --html curve.html

A size is a number of sentences for each intent and each language; the curve ends with all of them.
Without --test, a fifth of the sentences is held out of each draw. The same draws come every time.")]
    Curve(CurveArgs),
    /// Measure time and memory on this machine.
    #[command(after_help = "Examples:
  guichet nlu bench
  guichet nlu bench --rounds 2000 --json

One thread, the city's own sentences, cut or joined to each length. Nothing is kept.")]
    Bench {
        /// Messages understood for each length.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
        rounds: u32,
        /// JSON instead of tables.
        #[arg(long)]
        json: bool,
    },
    /// Look at sentences that were understood badly, and learn from them.
    Suggestions(SuggestionsArgs),
    /// Try what the package teaches now beside what is live: may it go live?
    #[command(after_help = "Examples:
  guichet nlu retrain                    learn the package as it is, and compare
  guichet nlu retrain --last             how the counter's last retraining went
  guichet nlu retrain --back --dry-run   what would be put back
  guichet nlu retrain --back             the intents as they were before the last change went live

Compared are the city's test sentences (tests/*.tsv) and its conversation tests. The counter does this
by itself at nlu.retrain_at and when it gets SIGUSR1, and puts up what is no worse. What --back writes
goes live when the counter reads the city again (SIGHUP). Exit code 1 when the new one is worse.")]
    Retrain {
        /// Tell how the counter's last retraining went.
        #[arg(long, conflicts_with = "back")]
        last: bool,
        /// Put the intents' files back as they were before.
        #[arg(long)]
        back: bool,
        /// Only tell what would be put back.
        #[arg(long, requires = "back")]
        dry_run: bool,
        /// JSON instead of lines.
        #[arg(long, conflicts_with = "back")]
        json: bool,
    },
    /// Bring sentences from a Rasa project.
    #[command(after_help = "Examples:
  guichet nlu import data/nlu.yml --lang fr > sentences.tsv
  guichet nlu import nlu.fr.yml nlu.en.yml --into flows/ma-ville/intents

A file's language is what --lang says, or what its path says: nlu.fr.yml, en/nlu.yml. With --into, a
file for each intent is written; one that is there already is left alone, and the exit code is 1. Give
both languages in one go. Synonyms, regular expressions and lookup tables have no place in an intent:
they are told on standard error.")]
    Import {
        /// Rasa 3 training data.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The language of the sentences.
        #[arg(long, value_enum)]
        lang: Option<Lang>,
        /// Write intents into this folder, instead of a TSV to standard output.
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
    /// Write the city's sentences for another program.
    #[command(after_help = "Examples:
  guichet nlu export --rasa --lang fr > nlu.fr.yml
  guichet nlu export --tsv > sentences.tsv

A Rasa file holds one language. The TSV holds both, or the one of --lang.")]
    #[command(group(clap::ArgGroup::new("format").required(true).args(["rasa", "tsv"])))]
    Export {
        /// Rasa 3 training data.
        #[arg(long, requires = "lang")]
        rasa: bool,
        /// A table: label<TAB>text<TAB>language.
        #[arg(long)]
        tsv: bool,
        /// The language of the sentences.
        #[arg(long, value_enum)]
        lang: Option<Lang>,
    },
}

/// What is learnt, and what it is tried on.
#[derive(Args)]
pub(crate) struct CorpusArgs {
    /// Sentences to learn from, instead of the city's.
    #[arg(long, value_name = "TSV", num_args = 1..)]
    pub train: Vec<PathBuf>,
    /// Sentences to be tried on, instead of holding some of the city's out.
    #[arg(long, value_name = "TSV", num_args = 1..)]
    pub test: Vec<PathBuf>,
    /// More sentences that nothing serves: a table, or plain lines.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub oos: Vec<PathBuf>,
    /// Spoil the sentences tried: 8 % of their letters lost, doubled, swapped or mistyped.
    #[arg(long)]
    pub typos: bool,
}

#[derive(Args)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub corpus: CorpusArgs,
    /// Folds of the cross-validation.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
    pub folds: u8,
    /// JSON instead of tables.
    #[arg(long)]
    pub json: bool,
    /// Write a page with pictures that a clerk can read.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// With --html, measure the learning curve for it too.
    #[arg(long, requires = "html")]
    pub curve: bool,
    /// The language of the page.
    #[arg(long, value_enum, default_value_t = Lang::Fr)]
    pub lang: Lang,
    /// Measure instead how well typed values are found, on tables of sentences with marks.
    #[arg(long, value_name = "TSV", num_args = 1.., conflicts_with_all = ["train", "test", "oos", "typos", "html"])]
    pub entities: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct CurveArgs {
    #[command(flatten)]
    pub corpus: CorpusArgs,
    /// Sentences for each intent and language.
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "2,5,10,20",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub sizes: Vec<u32>,
    /// Draws of each size; the figures are their means.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub draws: u8,
    /// One JSON object a size.
    #[arg(long)]
    pub json: bool,
    /// Write a page with the picture.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// The language of the page.
    #[arg(long, value_enum, default_value_t = Lang::Fr)]
    pub lang: Lang,
}
