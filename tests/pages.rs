//! No manual page and no function goes without a test from C: each page of
//! `capi-tests/page/pages.txt` has its program, each program its page, and each
//! function of `capi-tests/exports.txt` stands there once and is called by the
//! program that it is said to be tested by.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A line of the list: a program, and the functions it tests.
struct Entry {
    program: String,
    functions: Vec<String>,
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("capi-tests")
}

fn entries() -> Vec<Entry> {
    let lines = include_str!("../capi-tests/page/pages.txt").lines();
    let words = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split(' ').map(String::from).collect::<Vec<_>>());
    words
        .map(|words| match &words[..] {
            [dash, function, program] if dash == "-" => Entry {
                program: program.clone(),
                functions: vec![function.clone()],
            },
            [page] => Entry {
                program: format!("page/{page}"),
                functions: vec![page.clone()],
            },
            [page, others @ ..] => Entry {
                program: format!("page/{page}"),
                functions: others.iter().filter(|name| *name != "-").cloned().collect(),
            },
            [] => unreachable!("a line that is not empty has a word"),
        })
        .collect()
}

/// Whether the whole word stands in a text.
fn mentions(text: &str, word: &str) -> bool {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    parts.into_iter().any(|part| part == word)
}

/// A program with the headers beside it that it includes: what it calls.
fn source(program: &str) -> String {
    let path = programs().join(program).with_extension("c");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut all = text.clone();
    for line in text.lines() {
        let Some(name) = line.strip_prefix("#include \"") else {
            continue;
        };
        let header = path.with_file_name(name.trim_end_matches('"'));
        all += &fs::read_to_string(header).unwrap_or_default();
    }
    all
}

#[test]
fn each_page_has_its_program_and_each_program_its_page() {
    let listed: BTreeSet<String> = entries()
        .into_iter()
        .filter_map(|entry| Some(entry.program.strip_prefix("page/")?.into()))
        .collect();
    let written: BTreeSet<String> = fs::read_dir(programs().join("page"))
        .expect("the programs are there")
        .map(|file| file.expect("the directory can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "c"))
        .map(|path| path.file_stem().unwrap_or_default().display().to_string())
        .collect();
    assert_eq!(listed, written);
    assert_eq!(
        listed.len(),
        73,
        "as many as libzmq and its successors have"
    );
}

#[test]
fn each_function_is_tested_by_the_program_that_is_named() {
    let exports = include_str!("../capi-tests/exports.txt").lines();
    let mut untested: BTreeSet<&str> = exports
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(' ').next())
        .collect();
    for Entry { program, functions } in entries() {
        let source = source(&program);
        for function in functions {
            let first = untested.remove(&function[..]);
            assert!(first, "{function} is listed twice or no function at all");
            let called = mentions(&source, &function);
            assert!(called, "{program} does not call {function}");
        }
    }
    assert!(untested.is_empty(), "without a page: {untested:?}");
}
