//! Paths made up for `ipc://*`.
//!
//! Each is a socket in a directory of its own, which keeps other users out and
//! makes the name unique. Who made it removes it; nobody else does.

use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{IpcAddress, text};
use crate::error::Result;

/// A directory made for one ipc socket, and the socket in it.
///
/// Dropping removes both: not in a forked child, and not if the path has come
/// to name another file since.
#[derive(Debug)]
pub(super) struct MadeUpPath {
    /// Absolute, so that a change of the working directory does not matter.
    directory: PathBuf,
    /// Device and inode of the socket, once it is bound.
    socket: Option<(u64, u64)>,
    process: u32,
    removed: AtomicBool,
}

/// Environment variables that may name the directory for made-up paths.
const TEMPORARY: [&str; 3] = ["TMPDIR", "TEMPDIR", "TMP"];

impl MadeUpPath {
    /// Makes a fresh directory, in the working directory unless the environment
    /// names another, and an address in it.
    pub(super) fn new() -> Result<(MadeUpPath, IpcAddress)> {
        let parent = TEMPORARY
            .iter()
            .filter_map(std::env::var_os)
            .find(|value| fs::metadata(value).is_ok_and(|found| found.is_dir()))
            .unwrap_or_default();
        let directory = make_directory(parent)?;
        let made = MadeUpPath {
            directory: std::path::absolute(&directory).unwrap_or_else(|_| directory.clone()),
            socket: None,
            process: std::process::id(),
            removed: AtomicBool::new(false),
        };
        let path = directory.join(SOCKET);
        let address = IpcAddress::new(&text::read(path.as_os_str().as_bytes()))?;
        Ok((made, address))
    }

    /// Remembers the socket that was bound to the address.
    pub(super) fn socket_is_there(&mut self) -> io::Result<()> {
        let found = fs::symlink_metadata(self.directory.join(SOCKET))?;
        self.socket = Some((found.dev(), found.ino()));
        Ok(())
    }

    /// Removes both, once; says so if they are not as they were made.
    pub(super) fn remove(&self) -> io::Result<()> {
        if self.process != std::process::id() || self.removed.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let socket = self.directory.join(SOCKET);
        let found = fs::symlink_metadata(&socket).map(|found| (found.dev(), found.ino()));
        let is_ours = |found: &(u64, u64)| self.socket.as_ref() == Some(found);
        let unlinked = match found {
            Ok(found) if is_ours(&found) => fs::remove_file(socket),
            Err(error) if self.socket.is_some() => Err(error),
            _ => Ok(()),
        };
        unlinked.and(fs::remove_dir(&self.directory))
    }
}

/// The name of the socket in its directory.
const SOCKET: &str = "socket";

/// Makes a directory with a new name that only this user may enter.
fn make_directory(parent: OsString) -> io::Result<PathBuf> {
    let template = PathBuf::from(parent)
        .join("tmpXXXXXX")
        .into_os_string()
        .into_vec();
    let template = CString::new(template)?.into_raw();
    // SAFETY: `template` is a C string that may be written to; `mkdtemp` only
    // replaces its last six bytes. It came from `into_raw` and goes back once.
    let (made, path) = unsafe {
        let made = !libc::mkdtemp(template).is_null();
        (made, CString::from_raw(template))
    };
    if !made {
        return Err(io::Error::last_os_error());
    }
    Ok(PathBuf::from(OsStr::from_bytes(path.as_bytes())))
}

impl Drop for MadeUpPath {
    fn drop(&mut self) {
        let _ = self.remove();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A directory of the test's own, removed when dropped.
    pub(in crate::transport) struct Scratch(pub PathBuf);

    impl Scratch {
        pub fn new() -> Scratch {
            Scratch(make_directory(std::env::temp_dir().into_os_string()).unwrap())
        }

        pub fn endpoint(&self, file: &str) -> String {
            format!("ipc://{}", self.0.join(file).display())
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_made_up_path_is_removed_unless_it_is_no_longer_ours() {
        let parent = Scratch::new();
        let make = || {
            let directory = make_directory(parent.0.clone().into_os_string()).unwrap();
            let socket = directory.join(SOCKET);
            fs::write(&socket, "").unwrap();
            let mut made = MadeUpPath {
                directory,
                socket: None,
                process: std::process::id(),
                removed: AtomicBool::new(false),
            };
            made.socket_is_there().unwrap();
            (made, socket)
        };
        let (made, socket) = make();
        drop(made);
        assert!(!socket.parent().unwrap().exists());

        let (made, socket) = make();
        fs::rename(&socket, parent.0.join("moved")).unwrap();
        fs::write(&socket, "somebody else's").unwrap();
        drop(made);
        assert!(socket.exists());

        let (made, socket) = make();
        fs::remove_file(&socket).unwrap();
        assert_eq!(made.remove().unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(made.remove().is_ok());
        assert!(!socket.parent().unwrap().exists());

        let (mut made, socket) = make();
        made.process += 1;
        drop(made);
        assert!(socket.exists());
    }
}
