//! The whole product, through its real doors: the binary as a process, HTTP, the terminal.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod deploy;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod form;
#[cfg(test)]
mod machines;
#[cfg(test)]
mod measuring;
#[cfg(test)]
mod model_files;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod retraining;
#[cfg(test)]
mod scenario;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod voice;
