//! The list, the converters on made-up files, the folder, and fetching from a host of our own.

#[cfg(test)]
mod convert_e5;
#[cfg(test)]
mod convert_minilm;
#[cfg(test)]
mod convert_silero;
#[cfg(test)]
mod convert_use;
#[cfg(test)]
mod convert_whisper;
mod convert_words;
#[cfg(test)]
mod fetched;
#[cfg(test)]
mod fetching;
#[cfg(test)]
mod ggml;
#[cfg(test)]
mod host;
#[cfg(test)]
mod indexes;
#[cfg(test)]
mod list;
#[cfg(test)]
mod made;
#[cfg(test)]
mod made_whisper;
#[cfg(test)]
mod places;
#[cfg(test)]
mod refused_whisper;
