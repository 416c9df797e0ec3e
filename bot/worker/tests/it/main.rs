//! The shell as a whole, over a store in memory and a clock that moves by itself.

#[cfg(test)]
mod clerk;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod entities;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod last_resort;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod pins;
#[cfg(test)]
mod retraining;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod upkeep;
#[cfg(test)]
mod voicemails;
