//! An XML document, written element by element; whatever is written is escaped.

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::writer::Writer;
use std::io;

use super::Written;

/// What the providers that read XML take.
const MEDIA_TYPE: &str = "text/xml; charset=utf-8";

/// An element: its name, its attributes, and what is in it.
#[derive(Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    inside: Inside,
}

#[derive(Debug)]
enum Inside {
    Text(String),
    Elements(Vec<Element>),
}

impl Element {
    /// Makes an element without anything in it.
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), inside: Inside::Elements(Vec::new()) }
    }

    /// Adds an attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Adds an attribute that is a number.
    pub(super) fn with_n(self, name: &'static str, n: impl Into<u32>) -> Self {
        let n: u32 = n.into();
        self.with(name, n.to_string())
    }

    /// Adds an attribute where there is a value.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Puts a text inside.
    pub(super) fn text(self, text: impl Into<String>) -> Self {
        Self { inside: Inside::Text(text.into()), ..self }
    }

    /// Puts elements inside.
    pub(super) fn around(self, elements: Vec<Self>) -> Self {
        Self { inside: Inside::Elements(elements), ..self }
    }

    /// Writes the document of which this is the root.
    pub(super) fn document(&self) -> Written {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes);
        writer
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
            .and_then(|()| self.write(&mut writer))
            .expect("a vector takes any bytes");
        let body = String::from_utf8(bytes).expect("it is written from text");
        Written { media_type: MEDIA_TYPE, body }
    }

    fn write(&self, out: &mut Writer<&mut Vec<u8>>) -> io::Result<()> {
        let attributes = self.attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let start = BytesStart::new(self.name).with_attributes(attributes);
        match &self.inside {
            Inside::Elements(inside) if inside.is_empty() => {
                return out.write_event(Event::Empty(start));
            }
            Inside::Text(text) => {
                out.write_event(Event::Start(start))?;
                out.write_event(Event::Text(BytesText::new(text)))?;
            }
            Inside::Elements(inside) => {
                out.write_event(Event::Start(start))?;
                for element in inside {
                    element.write(out)?;
                }
            }
        }
        out.write_event(Event::End(BytesEnd::new(self.name)))
    }
}
