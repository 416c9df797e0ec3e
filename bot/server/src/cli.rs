//! The command line.

mod models;
mod nlu;
mod suggestions;
mod voice;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

pub(crate) use models::{ModelsArgs, ModelsCommand};
pub(crate) use nlu::{CorpusArgs, CurveArgs, EvalArgs, NluArgs, NluCommand};
pub(crate) use suggestions::{AcceptArgs, ListArgs, SuggestionsArgs, SuggestionsCommand};
pub(crate) use voice::{Heard, VoiceArgs, VoiceCommand, VoiceEvalArgs};

/// A city's counter that never closes.
#[derive(Parser)]
#[command(name = "guichet", version, about, propagate_version = true)]
#[command(after_help = "Examples:
  guichet serve                          the demo city on http://127.0.0.1:8311
  guichet chat --lang en                 talk to it in the terminal
  guichet flows check flows/ma-ville     every fault of a city's package, with its line
  guichet case show 26-001234-7          one case
  guichet doctor                         what is wrong here, and how to mend it
  guichet backup /var/backups/guichet    a copy of the store, while the service runs

Settings: guichet.toml, then variables such as GUICHET__STORE__URL=sqlite:data/guichet.db")]
pub(crate) struct Cli {
    /// The settings file (default: guichet.toml, if there is one).
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The city's package (default: city.dir of the settings, flows/sainte-aurore).
    #[arg(long, global = true, value_name = "DIR")]
    pub city: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the service.
    Serve(ServeArgs),
    /// Talk to the city in the terminal.
    Chat(ChatArgs),
    /// Check, format, test and draw a city's package.
    Flows(FlowsArgs),
    /// Train, try and measure the understanding.
    Nlu(NluArgs),
    /// Transcribe recordings, and measure how well.
    Voice(VoiceArgs),
    /// List, fetch and verify the model files.
    Models(ModelsArgs),
    /// List, show and export cases.
    Case(CaseArgs),
    /// Bring the database to this program's version.
    Migrate(MigrateArgs),
    /// Copy the store while the service runs.
    Backup(BackupArgs),
    /// Put a copy in the store's place; the service must be stopped.
    Restore(RestoreArgs),
    /// Ask the running service of this machine whether it is ready.
    Health(HealthArgs),
    /// Tell what is wrong with this installation and how to mend it.
    Doctor(DoctorArgs),
}

/// Which part of the work a process does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Both.
    All,
    /// The door alone: HTTP.
    Web,
    /// The work alone: turns, timers, upkeep.
    Worker,
}

#[derive(Args)]
#[command(after_help = "Examples:
  guichet serve
  GUICHET__STORE__URL=postgres://guichet@localhost/guichet guichet serve --role worker

The city is read again on SIGHUP: a package with faults is refused, and the old one stays.
Ctrl-C stops the service once what is in progress is done.")]
pub(crate) struct ServeArgs {
    /// Which part of the work this process does.
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
}

/// A language of the counter.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Français.
    Fr,
    /// English.
    En,
}

impl From<Lang> for bot_core::Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fr => Self::Fr,
            Lang::En => Self::En,
        }
    }
}

#[derive(Args)]
#[command(after_help = "Examples:
  guichet chat
  echo '{\"text\": \"un nid-de-poule au 12 rue Cartier\"}' | guichet chat --json
  guichet chat --memory --channel sms

In the terminal, pick a choice by its number; an empty line or Ctrl-D leaves. With --json, each
line in is {\"text\": …}, {\"choice\": ID} or {\"location\": {\"lat\": …, \"lon\": …}}; each line out is
one message of the counter.")]
pub(crate) struct ChatArgs {
    /// The language to begin in.
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    /// One JSON message a line, in and out.
    #[arg(long)]
    pub json: bool,
    /// Talk as on this channel: web, sms, phone, email, telegram, discord.
    #[arg(long, default_value = "web")]
    pub channel: bot_core::Channel,
    /// Keep nothing: a store in memory, gone at the end.
    #[arg(long)]
    pub memory: bool,
}

#[derive(Args)]
pub(crate) struct FlowsArgs {
    #[command(subcommand)]
    pub command: FlowsCommand,
}

#[derive(Subcommand)]
pub(crate) enum FlowsCommand {
    /// Print every fault: file, line, column, what is wrong, what to write instead.
    #[command(
        after_help = "Examples:\n  guichet flows check\n  guichet flows check flows/ma-ville --json"
    )]
    Check {
        /// The package.
        dir: Option<PathBuf>,
        /// One JSON object a fault.
        #[arg(long)]
        json: bool,
    },
    /// Lay every file out in the one format; comments stay.
    #[command(
        after_help = "Examples:\n  guichet flows fmt\n  guichet flows fmt --check      # change nothing, fail where something would change"
    )]
    Fmt {
        /// The package.
        dir: Option<PathBuf>,
        /// Change nothing; exit 1 where a file is not in the format.
        #[arg(long)]
        check: bool,
    },
    /// Run the city's conversation tests, in every language and channel they ask for.
    #[command(
        after_help = "Examples:\n  guichet flows test\n  guichet flows test --only pothole --verbose\n  guichet flows test --min-coverage 95"
    )]
    Test {
        /// The package.
        dir: Option<PathBuf>,
        /// Only tests whose name or file contains this.
        #[arg(long, value_name = "WORDS")]
        only: Option<String>,
        /// Fail when fewer steps are passed, in percent.
        #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
        min_coverage: f64,
        /// One JSON object a run.
        #[arg(long)]
        json: bool,
        /// Print every conversation.
        #[arg(long)]
        verbose: bool,
    },
    /// Draw the flows.
    #[command(
        after_help = "Examples:\n  guichet flows graph --out graphs          # an SVG a flow and language, and index.html\n  guichet flows graph --flow report_pothole # Mermaid on standard output"
    )]
    Graph {
        /// The package.
        dir: Option<PathBuf>,
        /// Only this flow.
        #[arg(long)]
        flow: Option<String>,
        /// The language of the texts.
        #[arg(long, value_enum, default_value_t = Lang::Fr)]
        lang: Lang,
        /// Write SVG pictures and a page with all of them into this folder.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Print the JSON Schema of the package's files.
    #[command(
        after_help = "Examples:\n  guichet flows schema > guichet.schema.json\n\nIn an editor with a YAML language server, put on a file's first line:\n  # yaml-language-server: $schema=../guichet.schema.json"
    )]
    Schema {
        /// A package whose own names are offered.
        dir: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct CaseArgs {
    #[command(subcommand)]
    pub command: CaseCommand,
}

/// A format of export.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values.
    Csv,
    /// A JSON list.
    Json,
    /// The XML of Open311 GeoReport v2.
    Xml,
}

#[derive(Subcommand)]
pub(crate) enum CaseCommand {
    /// List the cases, the last filed first.
    #[command(after_help = "Examples:\n  guichet case list --open --service NDP")]
    List {
        /// Only this category.
        #[arg(long, value_name = "CODE")]
        service: Option<String>,
        /// Only open ones.
        #[arg(long, conflicts_with = "closed")]
        open: bool,
        /// Only closed ones.
        #[arg(long)]
        closed: bool,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one case with its history.
    #[command(after_help = "Examples:\n  guichet case show 26-001234-7")]
    Show {
        /// The number, with or without dashes.
        number: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write every case to standard output.
    #[command(after_help = "Examples:\n  guichet case export --format csv > cases.csv")]
    Export {
        /// The format.
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
    },
}

#[derive(Args)]
#[command(after_help = "Examples:\n  guichet migrate --dry-run\n  guichet migrate")]
pub(crate) struct MigrateArgs {
    /// Only tell what would be done.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  guichet doctor
  guichet doctor --config /etc/guichet.toml --json

Looks at settings, city, understanding, models, store, disk, clock and port, beside a running
counter or without one, and leaves everything as it was. Exit code 1 when something has failed;
warnings alone leave it at 0.")]
pub(crate) struct DoctorArgs {
    /// One JSON object a check: check, state (ok, warn, FAIL), found, mend.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  guichet backup before-upgrade.db            one copy; --force replaces one of that name
  guichet backup /var/backups/guichet         a copy with the time in its name, in that folder
  guichet backup /var/backups/guichet --keep 14

The copy is one moment of the store. It is read from beginning to end before it gets its name. With
--keep, copies of this store with the time in their names are removed, all but the newest; other
files stay. Standard output tells the copy's name and what it holds.

A PostgreSQL database is copied with pg_dump. Exit code 1 when the store is damaged.")]
pub(crate) struct BackupArgs {
    /// The copy, or a folder for copies with the time in their names.
    #[arg(value_name = "FILE|DIR")]
    pub target: PathBuf,
    /// Keep only so many of the folder's copies, the newest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep: Option<u32>,
    /// Replace a file of that name.
    #[arg(long)]
    pub force: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  guichet restore --dry-run /var/backups/guichet/guichet-20260504T120000Z.db
  guichet restore /var/backups/guichet/guichet-20260504T120000Z.db

The copy stays. The store that was there stays too, as NAME.before-restore-TIME: restoring that file
undoes it. Conversations and cases younger than the copy are only in there. Their case numbers are
not given again: numbering goes on after those of the store that was there, and --skip-numbers after
those of the copy, whichever is later.

Exit code 1 when the copy is damaged.")]
pub(crate) struct RestoreArgs {
    /// The copy, made by guichet backup.
    #[arg(value_name = "FILE")]
    pub copy: PathBuf,
    /// Look at everything and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Case numbers to pass over: at least as many as were given since the copy was made.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub skip_numbers: u32,
}

#[derive(Args)]
#[command(after_help = "Examples:
  guichet health                         for a container, a watchdog, a script

Asks /readyz on the port of server.bind. Exit code 0 when the service is ready, 1 when it is not or
does not answer.")]
pub(crate) struct HealthArgs {}
