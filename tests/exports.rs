//! The shared library exports the functions of `capi-tests/exports.txt`, and
//! nothing else.
//!
//! The library is the file that `ZMQ_OXIDE_LIBRARY` or `ZMQ_LIBRARY` names;
//! without either it is built here, in a target folder of its own. If there is
//! none to look at, or no `nm`, the test fails.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shared library under test.
fn library() -> PathBuf {
    let named = ["ZMQ_OXIDE_LIBRARY", "ZMQ_LIBRARY"].map(env::var_os);
    if let Some(path) = named.into_iter().flatten().next() {
        return path.into();
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exports");
    let built = Command::new(env!("CARGO"))
        .args([
            "rustc",
            "--quiet",
            "--lib",
            "--crate-type",
            "cdylib",
            "--manifest-path",
        ])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()
        .expect("cargo can be started");
    assert!(built.success(), "the shared library cannot be built");
    target.join("debug/libzmq.so")
}

/// The functions and variables that a shared library offers to others.
fn exported(library: &Path) -> BTreeSet<String> {
    let output = Command::new("nm")
        .args(["--dynamic", "--defined-only", "--format=posix"])
        .arg(library)
        .output()
        .expect("nm, of binutils, can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", library.display());
    let symbols = String::from_utf8(output.stdout).expect("symbols are ASCII");
    let names = symbols.lines().filter_map(|line| line.split(' ').next());
    names.map(String::from).collect()
}

/// The names of the list.
fn listed() -> BTreeSet<String> {
    include_str!("../capi-tests/exports.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(' ').next().unwrap_or_default().into())
        .collect()
}

#[test]
fn the_list_has_every_public_function_once() {
    let lines = include_str!("../capi-tests/exports.txt").lines();
    assert_eq!(lines.filter(|line| !line.starts_with('#')).count(), 97);
    assert_eq!(listed().len(), 97);
}

#[test]
fn the_library_exports_what_is_listed() {
    let (exported, listed) = (exported(&library()), listed());
    let missing: Vec<_> = listed.difference(&exported).collect();
    let surplus: Vec<_> = exported.difference(&listed).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing: {missing:?}, surplus: {surplus:?}"
    );
}
