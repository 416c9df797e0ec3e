//! Statements and what is bound to them.
//!
//! A statement's text is the same for both engines; the few that are not are in [`crate::dialect`].

use bot_core::time::UnixMs;
use uuid::Uuid;

/// Names the statements of a file, and lists them for the test that prepares each.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* const $name: &str = $sql;)+

        /// Every statement of this file.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}
pub(crate) use statements;

/// A value that is bound to a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arg<'a> {
    Int(Option<i64>),
    Float(Option<f64>),
    Text(Option<&'a str>),
    Id(Option<Uuid>),
    Bytes(&'a [u8]),
}

/// Lists the values bound to `$1`, `$2` … of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        &[$($crate::statement::Arg::from($value)),*]
    };
}
pub(crate) use args;

macro_rules! from {
    ($($type:ty => |$value:ident| $arg:expr),+ $(,)?) => {$(
        impl<'a> From<$type> for Arg<'a> {
            fn from($value: $type) -> Self {
                $arg
            }
        }
    )+};
}

from! {
    i64 => |value| Arg::Int(Some(value)),
    u32 => |value| Arg::Int(Some(i64::from(value))),
    bool => |value| Arg::Int(Some(i64::from(value))),
    Option<i64> => |value| Arg::Int(value),
    Option<bool> => |value| Arg::Int(value.map(i64::from)),
    UnixMs => |value| Arg::Int(Some(value.0)),
    Option<UnixMs> => |value| Arg::Int(value.map(|at| at.0)),
    f64 => |value| Arg::Float(Some(value)),
    Option<f64> => |value| Arg::Float(value),
    &'a str => |value| Arg::Text(Some(value)),
    &'a String => |value| Arg::Text(Some(value)),
    Option<&'a str> => |value| Arg::Text(value),
    &'a Option<String> => |value| Arg::Text(value.as_deref()),
    Uuid => |value| Arg::Id(Some(value)),
    Option<Uuid> => |value| Arg::Id(value),
    &'a [u8] => |value| Arg::Bytes(value),
}
