//! Whose request it is: the client's address, told by the socket and by the city's own proxies.
//!
//! Never here: how much an address may ask for. `Forwarded` (RFC 7239) is not read: a proxy that
//! writes one of the two headers passes the other on as the client wrote it, so only one can be
//! believed.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use crate::state::Web;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// What a client of IPv6 can change at will: the half of its address below its network.
const IPV6_OWN_BITS: u128 = u64::MAX as u128;

/// The other end of a connection; the open door adds it to each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The proxies that are believed when they say for whom they ask.
#[derive(Debug, Clone)]
pub struct Proxies(Arc<[IpNet]>);

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no network: write an address, as 10.0.0.5, or a network, as 10.0.0.0/8")]
pub struct ProxiesError(String);

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// This machine or one of the proxies for itself, as a health probe does.
    Own,
    /// An address; of IPv6, its network.
    At(IpAddr),
}

impl Default for Proxies {
    /// A proxy on this machine is believed.
    fn default() -> Self {
        Self(
            [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)]
                .map(IpNet::from)
                .into(),
        )
    }
}

impl Proxies {
    /// Reads a list of addresses and networks; blank ones are none.
    ///
    /// # Errors
    /// Says which one is neither.
    pub fn parse(list: &[String]) -> Result<Self, ProxiesError> {
        let named = list.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let read = named.map(|text| {
            let address = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse::<IpNet>().or_else(|_| address()).map_err(|_| ProxiesError(text.to_owned()))
        });
        read.collect::<Result<_, _>>().map(Self)
    }

    /// Tells whether an address is one of them.
    pub(crate) fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Tells who asks. Each proxy adds whom it asks for at the end of the list, so that the last
    /// one who is no proxy is the client; what stands before may be forged.
    pub(crate) fn client(&self, peer: Option<Peer>, headers: &HeaderMap) -> Client {
        let Some(Peer(peer)) = peer else { return Client::Own };
        let mut last = peer.to_canonical();
        if !self.hold(last) {
            return Client::at(last);
        }
        for hop in hops(headers) {
            match hop {
                Some(address) if self.hold(address) => last = address,
                Some(address) => return Client::at(address),
                // Whoever wrote what nobody can read answers for it.
                None => return Client::at(last),
            }
        }
        Client::Own
    }
}

impl Client {
    fn at(address: IpAddr) -> Self {
        Self::At(network(address))
    }

    /// Gives the address that is bounded; our own machines are not.
    pub(crate) const fn bounded(self) -> Option<IpAddr> {
        match self {
            Self::Own => None,
            Self::At(address) => Some(address),
        }
    }
}

impl FromRequestParts<Web> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(web.client(&parts.extensions, &parts.headers))
    }
}

/// Gives what tells one client from another: of IPv6, the network that a household is given.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !IPV6_OWN_BITS).into(),
    }
}

/// Gives those asked for, the last one first; `None` for one that cannot be read.
fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(X_FORWARDED_FOR).into_iter().rev();
    let texts = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    texts.map(str::trim).filter(|text| !text.is_empty()).map(read)
}

/// Reads an address, with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(peer: &str, lines: &[&str]) -> Client {
        let own = ["127.0.0.1", "::1/128", "10.0.0.0/8", ""].map(str::to_owned);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        Proxies::parse(&own).unwrap().client(Some(Peer(peer.parse().unwrap())), &headers)
    }

    fn at(address: &str) -> Client {
        Client::At(address.parse().unwrap())
    }

    #[test]
    fn the_last_one_who_is_no_proxy_is_the_client() {
        for (peer, lines, wanted) in [
            // Nobody vouches for a stranger.
            ("198.51.100.7", &["203.0.113.9"][..], "198.51.100.7"),
            ("127.0.0.2", &[], "127.0.0.2"),
            ("127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("::1", &["203.0.113.9:4711"], "203.0.113.9"),
            // What the client wrote itself stands before what the proxy adds.
            ("127.0.0.1", &["192.0.2.1, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["192.0.2.1", "203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["127.0.0.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            ("127.0.0.1", &["nonsense, 203.0.113.9,, "], "203.0.113.9"),
            ("127.0.0.1", &["203.0.113.9, unknown, 10.1.2.3"], "10.1.2.3"),
            // An IPv4 address in the clothes of IPv6 is the same one.
            ("::ffff:127.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9"),
            // A household of IPv6 has a network.
            ("2001:db8:1:2:aaaa::1", &[], "2001:db8:1:2::"),
            ("127.0.0.1", &["[2001:db8:1:2:bbbb::2]:99"], "2001:db8:1:2::"),
            ("127.0.0.1", &["[2001:db8:1:2:bbbb::2]"], "2001:db8:1:2::"),
        ] {
            assert_eq!(client(peer, lines), at(wanted), "{peer} {lines:?}");
        }
    }

    #[test]
    fn our_own_machines_are_not_bounded() {
        assert_eq!(client("127.0.0.1", &[]), Client::Own);
        assert_eq!(client("10.9.8.7", &["10.1.2.3"]), Client::Own);
        assert_eq!(Proxies::default().client(None, &HeaderMap::new()), Client::Own);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in ["ville.qc.ca", "10.0.0.0/33", "10.0.0.0-10.0.0.9", "*"] {
            let error = Proxies::parse(&[bad.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(bad), "{error}");
        }
    }
}
