//! Endpoints as text. To C an endpoint is bytes, of any encoding or none: a path may
//! be Latin-1. Within the library it is a `String` with one character for each byte,
//! so that nothing is lost and nothing is refused; what is ASCII is the same in both.
//!
//! Only what passes an endpoint on to C or to the system turns it back.

/// An endpoint, or a part of one, that came from outside.
pub fn read(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes that it came as.
pub fn write(text: &str) -> Vec<u8> {
    let byte = |c| u8::try_from(c).unwrap_or(b'?');
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(write(&read(&all)), all);
        assert_eq!(read(b"ipc://x"), "ipc://x");
    }
}
