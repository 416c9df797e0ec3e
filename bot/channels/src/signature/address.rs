//! An address, taken apart as text: providers sign it as it stands.

/// An address in pieces, none of them decoded; what follows a `#` is not sent, and left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address<'a> {
    /// All up to the host, its `://` included.
    scheme: &'a str,
    /// The host, and what stands before it.
    host: &'a str,
    /// The port with its colon, or nothing.
    port: &'a str,
    /// The path.
    path: &'a str,
    /// What follows the first `?`.
    pub(super) query: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Takes an address apart; `None` where it has no scheme.
    pub(super) fn parse(url: &'a str) -> Option<Self> {
        let url = url.split('#').next()?;
        let (scheme, rest) = url.split_at_checked(url.find("://")? + 3)?;
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
        let at = authority.rfind(':').filter(|at| {
            let port = authority.get(at + 1..).unwrap_or_default();
            port.bytes().all(|byte| byte.is_ascii_digit())
        });
        let (host, port) = authority.split_at_checked(at.unwrap_or(authority.len()))?;
        Some(Self { scheme, host, port, path, query })
    }

    /// Gives all but the query.
    pub(super) fn base(&self) -> String {
        [self.scheme, self.host, self.port, self.path].concat()
    }

    /// Gives it both ways that senders write a port: left out, and as it stands or the usual one.
    pub(super) fn both_ways(&self) -> [String; 2] {
        let usual = if self.scheme.starts_with("https") { ":443" } else { ":80" };
        let port = if self.port.is_empty() { usual } else { self.port };
        ["", port].map(|port| {
            let mut url = [self.scheme, self.host, port, self.path].concat();
            if let Some(query) = self.query {
                url.push('?');
                url.push_str(query);
            }
            url
        })
    }

    /// Gives the first value of a parameter of the query.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let pairs = form_urlencoded::parse(self.query?.as_bytes());
        pairs.into_owned().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(url: &str) -> [String; 2] {
        Address::parse(url).unwrap().both_ways()
    }

    #[test]
    fn a_port_is_written_or_not() {
        let (bare, full) = ("https://a.example/b?c=d/e:1?f", "https://a.example:443/b?c=d/e:1?f");
        assert_eq!(both(bare), [bare, full]);
        assert_eq!(both(full), [bare, full]);
        assert_eq!(both("http://a.example"), ["http://a.example", "http://a.example:80"]);
        assert_eq!(both("http://a.example?"), ["http://a.example?", "http://a.example:80?"]);
        assert_eq!(
            both("https://a.example:8443/"),
            ["https://a.example/", "https://a.example:8443/"]
        );
        assert_eq!(both("https://[::1]/x"), ["https://[::1]/x", "https://[::1]:443/x"]);
        assert_eq!(both("https://[::1]:9/x"), ["https://[::1]/x", "https://[::1]:9/x"]);
        assert_eq!(both("https://u:p@a/x"), ["https://u:p@a/x", "https://u:p@a:443/x"]);
    }

    #[test]
    fn what_is_not_sent_is_left_out() {
        assert_eq!(both("https://a/b#rc=2")[0], "https://a/b");
        assert!(Address::parse("a.example/b").is_none());
    }
}
