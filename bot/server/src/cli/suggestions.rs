//! The command line of `guichet nlu suggestions`.

use bot_core::id::SuggestionId;
use bot_store::suggestions::{Reason, State};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::Lang;

#[derive(Args)]
#[command(
    after_help = "Sentences that nothing was understood of (refused), whose meaning the resident then
gave (corrected), or after which a person took over (handed_over) are kept, without addresses, contacts
and numbers, unless nlu.keep_suggestions is false."
)]
pub(crate) struct SuggestionsArgs {
    #[command(subcommand)]
    pub command: SuggestionsCommand,
}

#[derive(Subcommand)]
pub(crate) enum SuggestionsCommand {
    /// List them, grouped by meaning, the largest group first.
    #[command(after_help = "Examples:
  guichet nlu suggestions list
  guichet nlu suggestions list --reason refused --lang fr
  guichet nlu suggestions list --state accepted
  guichet nlu suggestions list --json > suggestions.jsonl

A group is a line with its first sentence, then a line for each of its suggestions: id, reason, day,
what it was taken for, what the resident chose. With --json, one object a suggestion, with the number of
its group.")]
    List(ListArgs),
    /// Show one.
    #[command(after_help = "Examples:
  guichet nlu suggestions show 019df2dc-0a00-7000-8000-000000000021")]
    Show {
        /// Its id.
        id: SuggestionId,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add its sentence to an intent's file, and print the change.
    #[command(after_help = "Examples:
  guichet nlu suggestions accept 019df2dc-0a00-7000-8000-000000000021 --intent report_pothole --dry-run
  guichet nlu suggestions accept 019df2dc-0a00-7000-8000-000000000021 --intent report_pothole
  guichet nlu suggestions accept 019df2dc-0a00-7000-8000-000000000021 --intent out_of_scope \\
      --sentence \"chantez-vous avec les perroquets\"

Marks such as [address] become a place of the city, or a number that nobody has. Standard output is a
unified diff; it is empty where the file has the sentence already. A running counter learns it when its
city is read again (SIGHUP, or a restart).")]
    Accept(AcceptArgs),
    /// Put one aside: it teaches nothing.
    #[command(after_help = "Examples:
  guichet nlu suggestions dismiss 019df2dc-0a00-7000-8000-000000000021")]
    Dismiss {
        /// Its id.
        id: SuggestionId,
        /// Who decides (default: the user's name on this machine).
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Open one again; what accepting it wrote is taken out of the file.
    #[command(after_help = "Examples:
  guichet nlu suggestions undo 019df2dc-0a00-7000-8000-000000000021 --dry-run
  guichet nlu suggestions undo 019df2dc-0a00-7000-8000-000000000021")]
    Undo {
        /// Its id.
        id: SuggestionId,
        /// Only print what would change.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Only those that stand so: open, accepted, dismissed, or all.
    #[arg(long, default_value = "open", value_parser = with_all(State::ALL.map(State::name)))]
    pub state: String,
    /// Only those kept for this reason.
    #[arg(long, value_parser = PossibleValuesParser::new(Reason::ALL.map(Reason::name)))]
    pub reason: Option<String>,
    /// Only those in this language.
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    /// How many at most.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
    /// How many of the latest to leave out.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub offset: u32,
    /// One JSON object a suggestion.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct AcceptArgs {
    /// Its id.
    pub id: SuggestionId,
    /// The intent that the sentence shows.
    #[arg(long, value_name = "NAME")]
    pub intent: String,
    /// Write this sentence instead.
    #[arg(long, value_name = "WORDS")]
    pub sentence: Option<String>,
    /// The language it stands under (default: the suggestion's own).
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    /// Only print what would change.
    #[arg(long)]
    pub dry_run: bool,
    /// Who decides (default: the user's name on this machine).
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

fn with_all(names: [&'static str; 3]) -> PossibleValuesParser {
    PossibleValuesParser::new(names.into_iter().chain(["all"]))
}
