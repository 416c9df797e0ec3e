//! The door, tried from outside: every path over a store in memory, with made-up time and chance.
//!
//! Never here: the engine. Where the counter must speak, a test writes its words into the store.

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod api;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod counter;
#[cfg(test)]
mod door;
#[cfg(test)]
mod events;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod faulty;
#[cfg(test)]
mod files;
#[cfg(test)]
mod form_page;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod line;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod open;
#[cfg(test)]
mod origins;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod phone;
#[cfg(test)]
mod read;
#[cfg(test)]
mod send;
#[cfg(test)]
mod served;
// Its clients come from several addresses of 127.0.0.0/8, which are all there on Linux alone.
#[cfg(all(test, target_os = "linux"))]
mod sockets;
#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod voicemail_left;
#[cfg(test)]
mod voicemail_list;
#[cfg(test)]
mod voicemail_page;
#[cfg(test)]
mod widget;
#[cfg(test)]
mod wire;
