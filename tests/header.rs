//! The C header: it is the one the sources make, strict compilers accept it, and
//! programs find in it what `capi-tests/header` says.
//!
//! Each program there is compiled, not run, as C99 and as C++11, with and without
//! the draft API. The compilers are `$CC` and `$CXX`, or `cc` and `c++`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The compiler that an environment variable names, with its options.
fn compiler(variable: &str, usual: &str) -> Command {
    let words = env::var(variable).unwrap_or_else(|_| usual.into());
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(usual));
    command.args(words);
    command
}

/// The programs of `capi-tests/header`.
fn programs() -> Vec<PathBuf> {
    let folder = root().join("capi-tests/header");
    let files = fs::read_dir(&folder).expect("the folder is part of the sources");
    let paths = files.map(|file| file.expect("it can be listed").path());
    let programs: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    assert!(!programs.is_empty(), "no programs in {}", folder.display());
    programs
}

/// Compiles every program, once for each of the two forms of the API.
fn compile_all(compiler: impl Fn() -> Command) {
    for program in programs() {
        for draft in [None, Some("-DZMQ_BUILD_DRAFT_API")] {
            let mut command = compiler();
            command
                .args(["-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
                .args(draft)
                .arg("-I")
                .arg(root().join("include"))
                .arg(&program);
            let output = command
                .output()
                .unwrap_or_else(|error| panic!("{command:?}: {error}; is it installed?"));
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command:?}\n{errors}");
        }
    }
}

#[test]
fn the_header_is_the_one_the_sources_make() {
    let made = include_str!(concat!(env!("OUT_DIR"), "/zmq.h"));
    let present = fs::read_to_string(root().join("include/zmq.h")).expect("the header is there");
    assert!(
        made == present,
        "include/zmq.h differs from what build.rs makes"
    );
}

#[test]
fn it_is_strict_c99() {
    compile_all(|| {
        let mut command = compiler("CC", "cc");
        command.arg("-std=c99");
        command
    });
}

#[test]
fn it_is_strict_cpp11() {
    compile_all(|| {
        let mut command = compiler("CXX", "c++");
        command.args(["-std=c++11", "-x", "c++"]);
        command
    });
}

/// Every exported function is declared, the draft ones under their condition.
#[test]
fn it_declares_what_is_exported() {
    let header = include_str!("../include/zmq.h");
    let (stable, draft) = header
        .split_once("#ifdef ZMQ_BUILD_DRAFT_API\n\n// What follows")
        .expect("the draft part has a beginning");
    for line in include_str!("../capi-tests/exports.txt").lines() {
        let Some((name, part)) = line.split_once(' ').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let declared = |text: &str| text.contains(&format!("{name}("));
        let declaration = |text: &str| {
            text.split("ZMQ_EXPORT")
                .skip(1)
                .any(|rest| declared(rest.split(';').next().unwrap_or_default()))
        };
        assert_eq!(declaration(stable), part == "stable", "{name} as stable");
        assert_eq!(declaration(draft), part == "draft", "{name} as draft");
    }
}
