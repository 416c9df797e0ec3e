//! Calls from the greeting to the end, as the caller hears them.

#[cfg(test)]
mod calls;
