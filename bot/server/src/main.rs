//! `guichet`: the counter's one binary.
//!
//! Lives here: the command line, settings and wiring. Never here: logic. Results go to standard
//! output, talk to standard error; exit codes are 0 fine, 1 found faults, 2 wrong use.

mod cli;
mod commands;
mod files;
mod log;
mod out;
mod process;
mod settings;
mod world;

use clap::Parser;
use std::process::ExitCode;

use cli::{Cli, Command};

/// Gives memory back to the system soon after it is free, whichever thread freed it: learning at night
/// would otherwise leave the service twice as large as it needs to be.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            out::tell(&format!("guichet: {}", out::explained(&error)));
            ExitCode::from(out::WRONG_USE)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = settings::load(cli.config.as_deref(), cli.city.as_deref());
    match cli.command {
        Command::Serve(args) => commands::serve::run(&settings?, &args),
        Command::Chat(args) => commands::chat::run(&settings?, &args),
        Command::Flows(args) => commands::flows::run(&settings?, &args),
        Command::Nlu(args) => commands::nlu::run(&settings?, &args),
        Command::Voice(args) => commands::voice::run(&settings?, &args),
        Command::Models(args) => commands::models::run(&settings?, &args),
        Command::Case(args) => commands::case::run(&settings?, &args),
        Command::Migrate(args) => commands::migrate::run(&settings?, &args),
        Command::Backup(args) => commands::backup::run(&settings?, &args),
        Command::Restore(args) => commands::restore::run(&settings?, &args),
        Command::Health(_) => commands::health::run(&settings?),
        // Settings that cannot be read are the first thing that it tells.
        Command::Doctor(args) => commands::doctor::run(settings, cli.config.as_deref(), &args),
    }
}
