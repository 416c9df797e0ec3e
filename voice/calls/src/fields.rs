//! The parameters of a form or of a query: decoded, in their order, repeats and all.
//!
//! Never here: what any of them means.

/// Bytes of a form or of a query.
pub const MAX_FORM_BYTES: usize = 64 * 1024;
/// Parameters of one form.
pub const MAX_FIELDS: usize = 200;

/// Why a form cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// It is too long.
    #[error("the form has {0} bytes, more than {MAX_FORM_BYTES}")]
    Long(usize),
    /// It has too many parameters.
    #[error("the form has more than {MAX_FIELDS} parameters")]
    Many,
}

/// Parameters as they came: decoded, in their order, with those that come twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body of type `application/x-www-form-urlencoded`, or a query without its `?`.
    ///
    /// Bytes that are no UTF-8 become U+FFFD, as in every reader of the [URL standard].
    ///
    /// # Errors
    /// [`FieldsError`] past [`MAX_FORM_BYTES`] or [`MAX_FIELDS`].
    ///
    /// [URL standard]: https://url.spec.whatwg.org/#urlencoded-parsing
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldsError> {
        if bytes.len() > MAX_FORM_BYTES {
            return Err(FieldsError::Long(bytes.len()));
        }
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(bytes).into_owned().take(MAX_FIELDS + 1).collect();
        if pairs.len() > MAX_FIELDS { Err(FieldsError::Many) } else { Ok(Self(pairs)) }
    }

    /// Gives the first value of a name, which may be empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// Goes through names and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Fields {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_its_order_its_repeats_and_its_empty_values() {
        let fields = Fields::parse(b"b=2&a=1+%2B+%C3%A9&b=&c&&b=2").unwrap();
        let pairs: Vec<_> = fields.iter().collect();
        assert_eq!(pairs, [("b", "2"), ("a", "1 + é"), ("b", ""), ("c", ""), ("b", "2")]);
        assert_eq!(fields.get("b"), Some("2"));
        assert_eq!(fields.get("c"), Some(""));
        assert_eq!(fields.get("d"), None);
        assert!(Fields::parse(b"").unwrap().is_empty());
    }

    #[test]
    fn a_form_has_bounds() {
        let many = "a=1&".repeat(MAX_FIELDS);
        assert!(Fields::parse(many.as_bytes()).is_ok());
        assert_eq!(Fields::parse(format!("{many}b=2").as_bytes()), Err(FieldsError::Many));
        let long = "a".repeat(MAX_FORM_BYTES + 1);
        assert_eq!(Fields::parse(long.as_bytes()), Err(FieldsError::Long(MAX_FORM_BYTES + 1)));
    }

    #[test]
    fn bytes_that_are_no_text_are_read_all_the_same() {
        assert_eq!(Fields::parse(b"a=%FF%zz\xfe").unwrap().get("a"), Some("\u{fffd}%zz\u{fffd}"));
    }
}
