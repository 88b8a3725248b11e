//! Answers questions about Miden programs and proofs with the official crates.
//!
//! One JSON request per line on standard input, one JSON answer per line on standard output, in order. Requests have an
//! `op`: `core-library` (writes the core library's package to `out`), `run`, `prove`, `verify`, `hash`, `smt`, `mmr`; programs are given as
//! `{file, kernelFile?, core?, stackInputs, advice?, maxCycles?}` in the form of the entries of `masm.json`.

mod claim;
mod program;
mod requests;
mod trees;

use std::io::{BufRead, Write};

use serde_json::{Value, json};

fn main() {
    // The official crates recurse deeply on hostile input; a large stack keeps the judge alive to say so.
    let judge = std::thread::Builder::new().stack_size(256 << 20).spawn(serve).expect("thread");
    judge.join().expect("judge");
}

fn serve() {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("standard input is readable");
        let answer = match serde_json::from_str::<Value>(&line) {
            Ok(request) => requests::answer(&request).unwrap_or_else(|error| json!({ "error": error })),
            Err(error) => json!({ "error": { "stage": "request", "message": error.to_string() } }),
        };
        writeln!(out, "{answer}").and_then(|()| out.flush()).expect("standard output is writable");
    }
}
