//! The engine on the demo city, by transcripts and properties.

#[cfg(test)]
mod early;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod script;
#[cfg(test)]
mod transcripts;
