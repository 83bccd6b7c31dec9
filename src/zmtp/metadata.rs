//! Properties: the list of names and values that peers exchange (RFC 37,
//! "Connection Metadata").
//!
//! Promises: `Socket-Type` and `Identity` are known in any case; the list must end
//! exactly where its command ends; what is kept is bounded by [`MAX_PROPERTIES`]
//! and by the size of the command. Names and values are any bytes, as applications
//! may have it. As in libzmq the last property may end behind its name, or behind the
//! length of its value: then it is as if it had not been sent.
//!
//! A name that comes twice counts once, the first time; in another case it is another
//! name, as in libzmq. `Socket-Type` is checked each time. A list without `Socket-Type` is accepted: the specification only
//! recommends it.

use bytes::{Buf, BufMut};

use super::error::ProtocolError;
use super::socket_type::SocketType;

/// Property that names the socket type.
pub const SOCKET_TYPE: &[u8] = b"Socket-Type";
/// Property that carries the routing id.
pub const IDENTITY: &[u8] = b"Identity";

/// Most properties a peer may send.
pub const MAX_PROPERTIES: usize = 256;
/// Longest routing id (RFC 37, "The Identity Property").
pub const MAX_ROUTING_ID: usize = 255;

/// Names and values in the order they came.
pub type Properties = Vec<(Vec<u8>, Vec<u8>)>;

/// What a peer said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Its socket type, if it told.
    pub socket_type: Option<SocketType>,
    /// Its routing id; empty if it has none.
    pub routing_id: Vec<u8>,
    /// Everything it sent, the two above included.
    pub properties: Properties,
}

/// Appends one property; a name over 255 bytes or a value over 2^31 - 1 cannot be
/// expressed and is left out.
pub fn encode_property(name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    let (Ok(name_len), Ok(value_len)) = (u8::try_from(name.len()), i32::try_from(value.len()))
    else {
        return;
    };
    out.put_u8(name_len);
    out.put_slice(name);
    out.put_i32(value_len);
    out.put_slice(value);
}

/// Appends what a socket tells its peers: its type, its routing id if the type
/// has one to tell, and the application's own properties in order of name.
pub fn encode(
    socket_type: SocketType,
    routing_id: &[u8],
    properties: &[(Vec<u8>, Vec<u8>)],
    out: &mut Vec<u8>,
) {
    encode_property(SOCKET_TYPE, socket_type.name().as_bytes(), out);
    if socket_type.announces_routing_id() {
        encode_property(IDENTITY, routing_id, out);
    }
    let mut sorted: Vec<_> = properties.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in sorted {
        encode_property(name, value, out);
    }
}

/// Reads the properties of a peer that wants to talk to a `local` socket.
pub fn parse(mut bytes: &[u8], local: SocketType) -> Result<Metadata, ProtocolError> {
    let mut metadata = Metadata::default();
    while let Some((name, value)) = next_property(&mut bytes)? {
        if name.eq_ignore_ascii_case(SOCKET_TYPE) {
            metadata.socket_type = Some(accepted_type(value, local)?);
        }
        if metadata.properties.iter().any(|(known, _)| known == name) {
            continue;
        }
        if metadata.properties.len() == MAX_PROPERTIES {
            return Err(ProtocolError::InvalidMetadata);
        }
        if name.eq_ignore_ascii_case(IDENTITY) {
            if value.len() > MAX_ROUTING_ID {
                return Err(ProtocolError::InvalidMetadata);
            }
            metadata.routing_id = value.to_vec();
        }
        metadata.properties.push((name.to_vec(), value.to_vec()));
    }
    Ok(metadata)
}

/// Name and value.
type Property<'a> = (&'a [u8], &'a [u8]);

/// Takes the first property of a list; nothing at the end, which may be in the
/// middle of the last one.
fn next_property<'a>(list: &mut &'a [u8]) -> Result<Option<Property<'a>>, ProtocolError> {
    const CUT: ProtocolError = ProtocolError::InvalidMetadata;
    let Ok(name_len) = list.try_get_u8() else {
        return Ok(None);
    };
    if list.is_empty() {
        return Err(CUT);
    }
    let name = list.split_off(..name_len.into()).ok_or(CUT)?;
    if list.is_empty() {
        return Ok(None);
    }
    let value_len = list.try_get_u32().map_err(|_| CUT)? as usize;
    if list.is_empty() && value_len > 0 {
        return Ok(None);
    }
    let value = list.split_off(..value_len).ok_or(CUT)?;
    Ok(Some((name, value)))
}

fn accepted_type(name: &[u8], local: SocketType) -> Result<SocketType, ProtocolError> {
    SocketType::from_name(name)
        .filter(|&peer| local.accepts(peer))
        .ok_or(ProtocolError::IncompatibleSocketType)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(properties: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, value) in properties {
            encode_property(name.as_bytes(), value, &mut out);
        }
        out
    }

    #[test]
    fn encode_is_byte_exact() {
        let mut out = Vec::new();
        encode(SocketType::Dealer, b"", &[], &mut out);
        assert_eq!(out, b"\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0");
        out.clear();
        encode(SocketType::Pull, b"unused", &[], &mut out);
        assert_eq!(out, b"\x0bSocket-Type\0\0\0\x04PULL");
    }

    #[test]
    fn application_properties_follow_in_order_of_name() {
        let own = [
            (b"X-b".to_vec(), b"2".to_vec()),
            (b"X-a".to_vec(), b"1".to_vec()),
        ];
        let mut out = Vec::new();
        encode(SocketType::Rep, b"", &own, &mut out);
        assert_eq!(
            out,
            b"\x0bSocket-Type\0\0\0\x03REP\x03X-a\0\0\0\x011\x03X-b\0\0\0\x012"
        );
    }

    #[test]
    fn parse_reads_what_encode_wrote() {
        let own = [(b"X-key".to_vec(), vec![0, 255])];
        let mut out = Vec::new();
        encode(SocketType::Router, b"me", &own, &mut out);
        let metadata = parse(&out, SocketType::Dealer).unwrap();
        assert_eq!(metadata.socket_type, Some(SocketType::Router));
        assert_eq!(metadata.routing_id, b"me");
        let names: Vec<_> = metadata
            .properties
            .iter()
            .map(|(name, _)| &name[..])
            .collect();
        assert_eq!(names, [&b"Socket-Type"[..], b"Identity", b"X-key"]);
        assert_eq!(metadata.properties[2].1, [0, 255]);
    }

    #[test]
    fn the_case_of_our_own_names_has_no_meaning() {
        let bytes = list(&[("SOCKET-type", b"PUSH"), ("identity", b"x")]);
        let metadata = parse(&bytes, SocketType::Pull).unwrap();
        assert_eq!(metadata.socket_type, Some(SocketType::Push));
        assert_eq!(metadata.routing_id, b"x");
        let thrice = list(&[("X-k", b"first"), ("X-K", b"other"), ("X-k", b"second")]);
        let metadata = parse(&thrice, SocketType::Pull).unwrap();
        let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        assert_eq!(
            metadata.properties,
            [pair(b"X-k", b"first"), pair(b"X-K", b"other")]
        );
    }

    #[test]
    fn an_unfit_socket_type_is_refused_wherever_it_stands() {
        let refused = Err(ProtocolError::IncompatibleSocketType);
        assert_eq!(
            parse(&list(&[("Socket-Type", b"PUB")]), SocketType::Pull),
            refused
        );
        assert_eq!(
            parse(&list(&[("Socket-Type", b"push")]), SocketType::Pull),
            refused
        );
        assert_eq!(
            parse(&list(&[("Socket-Type", b"")]), SocketType::Pull),
            refused
        );
        let twice = list(&[("Socket-Type", b"PUSH"), ("Socket-Type", b"FOO")]);
        assert_eq!(parse(&twice, SocketType::Pull), refused);
    }

    #[test]
    fn no_properties_are_properties_too() {
        assert_eq!(parse(b"", SocketType::Pull), Ok(Metadata::default()));
    }

    #[test]
    fn truncation_is_refused_but_behind_a_name_or_a_length() {
        let bytes = list(&[("Socket-Type", b"PUSH"), ("X-k", b"value")]);
        let (type_name, first) = (12, list(&[("Socket-Type", b"PUSH")]).len());
        let borders = [type_name, type_name + 4, first, first + 4, first + 8];
        for cut in 1..bytes.len() {
            let kept = parse(&bytes[..cut], SocketType::Pull).map(|found| found.properties.len());
            let expected = match borders.contains(&cut) {
                true => Ok(usize::from(cut >= first)),
                false => Err(ProtocolError::InvalidMetadata),
            };
            assert_eq!(kept, expected, "{cut} bytes");
        }
    }

    #[test]
    fn a_name_may_be_anything_and_a_size_may_not() {
        let refused = Err(ProtocolError::InvalidMetadata);
        let parse = |bytes: &[u8]| parse(bytes, SocketType::Pull);
        for name in ["", "a\0b"] {
            let metadata = parse(&list(&[(name, b"x")])).unwrap();
            assert_eq!(metadata.properties[0].0, name.as_bytes());
        }
        assert!(parse(b"\x01\xff\0\0\0\0").is_ok());
        assert_eq!(parse(b"\x01a\xff\xff\xff\xff!"), refused);
        assert_eq!(parse(b"\x01a\0\0\0\x02!"), refused);
        assert_eq!(parse(&list(&[("Identity", &[1; 256])])), refused);
        assert!(parse(&list(&[("Identity", &[1; 255])])).is_ok());
    }

    #[test]
    fn the_number_of_properties_is_bounded() {
        let many = |count: usize| {
            let mut out = Vec::new();
            (0..count)
                .for_each(|index| encode_property(format!("X-{index}").as_bytes(), b"", &mut out));
            parse(&out, SocketType::Pull)
        };
        assert_eq!(
            many(MAX_PROPERTIES).unwrap().properties.len(),
            MAX_PROPERTIES
        );
        assert_eq!(
            many(MAX_PROPERTIES + 1),
            Err(ProtocolError::InvalidMetadata)
        );
    }
}
