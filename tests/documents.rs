//! What the documents name is there: files, functions, types, targets of `make`.
//!
//! A name is whatever stands between backquotes and looks like one. That what is said
//! of it is true nobody can test; that it was renamed or taken out is found here.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 4] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "capi-tests/trap/README.md",
];

/// Where sources are.
const SOURCES: [&str; 7] = [
    "src",
    "capi-tests",
    "bindings",
    "benches",
    "fuzz",
    "tests",
    "include",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Everything between backquotes in a line, and lines of code as a whole.
fn names(document: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).expect("the document is there");
    let mut code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if code {
            let command = line.split(['#', ';', '|']).next().unwrap_or_default();
            found.push(command.trim().to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => files(&path, found),
            Some("rs" | "c" | "h" | "hpp" | "py" | "go" | "md") => found.push(path),
            _ => {}
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// A source, or the Makefile.
struct Source {
    text: String,
    words: HashSet<String>,
}

fn sources() -> Vec<Source> {
    let mut found = vec![root().join("Makefile")];
    for folder in SOURCES {
        files(&root().join(folder), &mut found);
    }
    let of = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source");
        let name = path.strip_prefix(root()).expect("below the root");
        // The name of a file is that of a module.
        let words = words(&text).chain(words(name.to_str().expect("a plain name")));
        let words = words.map(str::to_owned).collect();
        Source { text, words }
    };
    found.into_iter().map(of).collect()
}

fn is_identifier(name: &str) -> bool {
    let start = name.starts_with(|c: char| c.is_ascii_alphabetic());
    start && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_path(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
    name.contains('/')
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(plain)
}

fn is_there(path: &str) -> bool {
    ["", "src/", "capi-tests/"]
        .into_iter()
        .flat_map(|folder| [format!("{folder}{path}"), format!("{folder}{path}.c")])
        .any(|path| root().join(path).exists())
}

#[test]
fn every_name_in_the_documents_is_there() {
    let sources = sources();
    let known = |parts: &[&str]| {
        let in_one = |source: &Source| parts.iter().all(|&part| source.words.contains(part));
        sources.iter().any(in_one)
    };
    let makefile = fs::read_to_string(root().join("Makefile")).expect("the Makefile");
    let is_target = |name: &str| {
        makefile
            .lines()
            .any(|line| line.starts_with(&format!("{name}:")))
    };
    let (mut missing, mut seen) = (Vec::new(), 0);
    for document in DOCUMENTS {
        for name in names(document) {
            let parts: Vec<&str> = name.split("::").collect();
            let good = if let Some(targets) = name.strip_prefix("make ") {
                let mut targets = targets
                    .split_whitespace()
                    .filter(|word| !word.contains('='));
                targets.all(is_target)
            } else if parts.len() > 1 && parts.iter().all(|part| is_identifier(part)) {
                known(&parts)
            } else if is_path(&name) {
                // Threads have such names, too.
                let text = format!("\"{name}\"");
                is_there(&name) || sources.iter().any(|source| source.text.contains(&text))
            } else if is_identifier(&name) && name.contains('_') {
                sources.iter().any(|source| source.text.contains(&name))
            } else {
                continue;
            };
            seen += 1;
            if !good {
                missing.push(format!("{document}: {name}"));
            }
        }
    }
    assert!(seen > 150, "names were found at all: {seen}");
    assert!(missing.is_empty(), "not there: {missing:#?}");
}
