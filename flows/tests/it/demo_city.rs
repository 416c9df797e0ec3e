//! The demo city is without fault.

use crate::package::{demo_folder, read};

#[test]
fn the_demo_city_has_no_fault() {
    let loaded = flows::load(&read(&demo_folder()));
    let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
