//! The list, the converters on made-up files, the folder, and fetching from a host of our own.

#[cfg(test)]
mod convert_e5;
#[cfg(test)]
mod convert_minilm;
#[cfg(test)]
mod convert_use;
mod convert_words;
#[cfg(test)]
mod fetched;
#[cfg(test)]
mod fetching;
#[cfg(test)]
mod host;
#[cfg(test)]
mod indexes;
#[cfg(test)]
mod list;
#[cfg(test)]
mod made;
#[cfg(test)]
mod places;
