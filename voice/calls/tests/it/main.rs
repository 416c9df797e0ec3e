//! Calls from the greeting to the end, as the caller hears them.

#[cfg(test)]
mod caller;
#[cfg(test)]
mod calls;
