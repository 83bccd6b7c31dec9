//! What must hold for any text, value or answer that is not of ZMTP: endpoints, a
//! proxy's answers, options, Z85.

use std::ffi::CString;
use std::net::Ipv4Addr;

use zmq::capi::security::{zmq_z85_decode, zmq_z85_encode};
use zmq::options::{self, SocketOptions, TABLE};
use zmq::transport::{Address, Socks, parse_bind, parse_connect, parse_end, parse_inproc};
use zmq::zmtp::SocketType;

/// Any text as an endpoint. Nothing is looked up but interfaces.
pub fn endpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (bound, connected) = (parse_bind(text), parse_connect(text));
    if bound.is_ok() || connected.is_ok() {
        assert!(parse_end(text).is_ok(), "what can be begun can be ended");
    }
    for found in [&bound, &connected, &parse_end(text)] {
        let inproc = match found {
            Ok(Address::Inproc(name)) => Some(name.clone()),
            _ => None,
        };
        assert_eq!(parse_inproc(text).ok(), inproc);
    }
    for address in [bound, connected].into_iter().flatten() {
        match address {
            Address::Tcp(tcp) => {
                assert_eq!(format!("tcp://{}", tcp.text()), text);
                for ipv6 in [false, true] {
                    let _ = tcp.source(ipv6);
                    if let Some(found) = tcp.resolved_now(ipv6) {
                        assert!(!found.is_empty());
                        assert!(found.iter().all(|address| address.is_ipv6() == ipv6));
                    }
                }
            }
            Address::Ipc(ipc) => assert_eq!(format!("ipc://{}", ipc.path()), text),
            Address::Inproc(name) => assert_eq!(format!("inproc://{name}"), text),
        }
    }
}

/// Any bytes as a proxy's answers. The first two choose the pieces, and whether we
/// log in.
pub fn socks(data: &[u8]) {
    let Some((&[cut, login], answers)) = data.split_first_chunk() else {
        return;
    };
    let login = login & 1 == 1;
    let whole = negotiate(answers, login, usize::MAX);
    assert_eq!(whole, negotiate(answers, login, usize::from(cut % 8) + 1));
    if let Ok((_, _, true)) = whole {
        let reply = if login { 4 } else { 2 };
        assert_eq!(answers[reply + 1], 0, "what is refused is not open");
    }
}

/// What was consumed of the answers, what was sent, whether the way is open; or the
/// error.
type Negotiated = Result<(usize, Vec<u8>, bool), i32>;

fn negotiate(answers: &[u8], login: bool, most: usize) -> Negotiated {
    let Ok(Address::Tcp(target)) = parse_connect("tcp://peer.test:5555") else {
        unreachable!("this is a tcp endpoint");
    };
    let login = login.then(|| (b"name".to_vec(), b"password".to_vec()));
    let mut socks = Socks::new(&target, login).expect("the name is short enough");
    let (mut rest, mut sent) = (answers, Vec::new());
    while socks.wanted() > 0 {
        sent.append(socks.output());
        let len = socks.wanted().min(most).min(rest.len());
        if len == 0 {
            break;
        }
        let (piece, later) = rest.split_at(len);
        socks.handle(piece)?;
        rest = later;
    }
    Ok((answers.len() - rest.len(), sent, socks.wanted() == 0))
}

/// Any bytes as values of options, one after the other. The first chooses the type of
/// socket, three before each value its option, whether there is one, and its length.
pub fn options(data: &[u8]) {
    let Some((&kind, mut steps)) = data.split_first() else {
        return;
    };
    let kind = SocketType::ALL[usize::from(kind) % SocketType::ALL.len()];
    let mut options = SocketOptions::default_for(kind);
    while let Some((&[which, given, len], rest)) = steps.split_first_chunk() {
        let number = match TABLE.get(usize::from(which)) {
            Some(option) => option.number,
            None => i32::from(which) * i32::from(given),
        };
        let (value, rest) = rest.split_at(rest.len().min(len.into()));
        steps = rest;
        let value = (given != 0).then_some(value);
        let before = format!("{options:?}");
        match options.set(number, value) {
            Ok(()) => _ = options::find(number).expect("what can be set is there"),
            Err(_) => assert_eq!(format!("{options:?}"), before, "an error changes nothing"),
        }
        for room in [0, 4, usize::from(len), 512] {
            let mut out = [0; 512];
            if let Ok(len) = options.get(number, &mut out[..room]) {
                assert!(len <= room);
                assert!(out[len..].iter().all(|&byte| byte == 0));
            }
        }
    }
    for peer in [Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST] {
        let _ = options.accept_from.admits_address(peer.into());
    }
}

/// Any bytes, as bytes to be encoded and as text to be decoded.
pub fn z85(data: &[u8]) {
    let bytes = &data[..data.len() / 4 * 4];
    let encoded = encode(bytes);
    assert_eq!(encoded.len(), bytes.len() / 4 * 5);
    let decoded = decode(&encoded);
    assert_eq!(decoded.unwrap_or_default(), bytes);

    let text: Vec<u8> = data.iter().copied().filter(|&byte| byte != 0).collect();
    if let Some(decoded) = decode(&text) {
        assert_eq!(encode(&decoded), text, "there is one text for each value");
    }
}

fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut text = vec![1; bytes.len() / 4 * 5 + 1];
    // SAFETY: there is room for five characters for each four bytes, and a NUL.
    let done = unsafe { zmq_z85_encode(text.as_mut_ptr().cast(), bytes.as_ptr(), bytes.len()) };
    assert!(!done.is_null());
    assert_eq!(text.pop(), Some(0));
    text
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 5 * 4];
    let text = CString::new(text).expect("no NUL in it");
    // SAFETY: there is room for four bytes for each five characters.
    let done = unsafe { zmq_z85_decode(bytes.as_mut_ptr(), text.as_ptr()) };
    (!done.is_null()).then_some(bytes)
}
