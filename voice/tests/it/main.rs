//! Tests of sound and of what is heard in it.

mod files;
