//! Every flow of the demo city can be drawn, in both languages.

use crate::package::{demo_folder, read};
use bot_core::Language;

#[test]
fn every_flow_is_drawn_whole() {
    let city = flows::load(&read(&demo_folder())).city.unwrap();
    for flow in city.flows.values() {
        for lang in Language::ALL {
            let svg = flows::graph::svg(&city, flow, lang);
            let mermaid = flows::graph::mermaid(&city, flow, lang);
            for step in flow.steps.iter().filter(|step| step.named) {
                assert!(svg.contains(&step.id), "{} {}", flow.name, step.id);
                assert!(mermaid.contains(&step.id), "{} {}", flow.name, step.id);
            }
            if let Some(folder) = std::env::var_os("GUICHET_PICTURES") {
                let name = format!("{}.{lang}.svg", flow.name);
                std::fs::write(std::path::Path::new(&folder).join(name), svg).unwrap();
            }
        }
    }
}
