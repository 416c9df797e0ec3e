//! A small city for the tests of this crate.

use crate::lesson::Lesson;

/// Gives the lesson of the small city.
pub(crate) fn lesson() -> Lesson {
    serde_json::from_str(include_str!("../tests/it/data/lesson.json")).unwrap()
}
