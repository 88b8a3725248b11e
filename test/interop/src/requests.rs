//! One function per kind of request.

use std::{fs, time::Instant};

use miden_core_lib::CoreLibrary;
use miden_crypto::Felt;
use miden_vm::{
    ExecutionProof, HashFunction, Prover, Verifier,
    assembly::package::PackageExport,
    trace::build_trace,
    utils::RowMajorMatrix,
};
use serde_json::{Value, json};

use crate::{
    claim,
    program::{assemble, assemble_library, execute, failure},
    trees,
};

pub fn answer(request: &Value) -> Result<Value, Value> {
    match request["op"].as_str() {
        Some("core-library") => core_library(request),
        Some("library") => library(request),
        Some("run") => run(request),
        Some("prove") => prove(request),
        Some("verify") => verify(request),
        Some("hash") => trees::hash(request),
        Some("smt") => trees::smt(request),
        Some("mmr") => trees::mmr(request),
        _ => Err(failure("request", "unknown op")),
    }
}

fn path<'a>(request: &'a Value, key: &str) -> Result<&'a str, Value> {
    request[key].as_str().ok_or_else(|| failure("request", format!("no {key}")))
}

fn core_library(request: &Value) -> Result<Value, Value> {
    fs::write(path(request, "out")?, CoreLibrary::SERIALIZED).map_err(|e| failure("request", e))?;
    Ok(json!({ "bytes": CoreLibrary::SERIALIZED.len() }))
}

/// Digests of the procedures of the library whose root module is the file `root`, of the namespace `namespace`.
fn library(request: &Value) -> Result<Value, Value> {
    let package = assemble_library(path(request, "root")?, path(request, "namespace")?)?;
    let digests: Value = package
        .manifest
        .exports()
        .filter_map(|export| match export {
            PackageExport::Procedure(procedure) => {
                Some((procedure.path.to_string(), claim::to_json(procedure.digest.iter())))
            },
            _ => None,
        })
        .collect();
    Ok(json!({ "digests": digests }))
}

fn column_hashes(matrix: &RowMajorMatrix<Felt>) -> Value {
    let height = matrix.values.len() / matrix.width;
    (0..matrix.width)
        .map(|column| {
            let mut hasher = blake3::Hasher::new();
            for row in 0..height {
                hasher.update(&matrix.values[row * matrix.width + column].as_canonical_u64().to_le_bytes());
            }
            json!(hasher.finalize().to_hex().as_str())
        })
        .collect()
}

/// The `result` object of an entry of `masm.json`.
fn run(request: &Value) -> Result<Value, Value> {
    let mut loaded = assemble(request)?;
    let digest = claim::to_json(loaded.program.hash().iter());
    let kernel: Value = loaded.program.kernel().proc_hashes().iter().map(|w| claim::to_json(w.iter())).collect();
    let witness = execute(request, &mut loaded)?;
    let trace = build_trace(witness.into_parts().0).map_err(|e| failure("execute", e))?;
    let lengths = *trace.trace_len_summary();
    let stack = claim::to_json(trace.stack_outputs().iter());
    let (core, chiplets, eidos, and8) = trace.into_air_matrices();
    let height = |rows: usize, matrix: &RowMajorMatrix<Felt>| {
        json!({ "rows": rows, "height": matrix.values.len() / matrix.width })
    };
    Ok(json!({
        "digest": digest,
        "kernel": kernel,
        "stack": stack,
        "cycles": lengths.core_rows() - 1,
        "heights": {
            "core": height(lengths.core_rows(), &core),
            "chiplets": height(lengths.chiplets_rows(), &chiplets),
            "eidos_compression": height(lengths.eidos_compression_rows(), &eidos),
            "and8": height(lengths.byte_pair_lookup_rows(), &and8),
            "padded": lengths.padded_trace_len(),
        },
        "columns": {
            "core": column_hashes(&core),
            "chiplets": column_hashes(&chiplets),
            "eidos_compression": column_hashes(&eidos),
            "and8": column_hashes(&and8),
        },
    }))
}

/// Proves and writes the bytes to `out`; `ms` counts traces and STARK, execution apart.
fn prove(request: &Value) -> Result<Value, Value> {
    let hash = match request["hash"].as_str() {
        Some("eidos") => HashFunction::Eidos,
        Some("blake3") => HashFunction::Blake3_256,
        _ => return Err(failure("request", "unknown hash")),
    };
    let mut loaded = assemble(request)?;
    let executing = Instant::now();
    let witness = execute(request, &mut loaded)?;
    let executed = executing.elapsed();
    let statement = witness.claim();
    let proving = Instant::now();
    let proof = Prover::new()
        .with_hash_fn(hash)
        .with_max_prover_memory_bytes(u64::MAX)
        .prove_full(witness)
        .map_err(|e| failure("prove", e))?;
    let proved = proving.elapsed();
    let bytes = proof.to_bytes();
    fs::write(path(request, "out")?, &bytes).map_err(|e| failure("request", e))?;
    Ok(json!({
        "bytes": bytes.len(),
        "ms": { "execute": executed.as_secs_f64() * 1e3, "prove": proved.as_secs_f64() * 1e3 },
        "claim": {
            "program": claim::to_json(loaded.program.hash().iter()),
            "kernel": loaded.program.kernel().proc_hashes().iter().map(|w| claim::to_json(w.iter())).collect::<Value>(),
            "stackInputs": claim::to_json(statement.stack_inputs().iter()),
            "stackOutputs": claim::to_json(statement.stack_outputs().iter()),
        },
    }))
}

/// Verifies the proof file `proof` against `claim`; `ok` is the verdict, `error` its reason.
fn verify(request: &Value) -> Result<Value, Value> {
    let bytes = fs::read(path(request, "proof")?).map_err(|e| failure("request", e))?;
    let verdict = claim::read(&request["claim"]).and_then(|statement| {
        let proof = ExecutionProof::read_from_bytes(&bytes).map_err(|e| e.to_string())?;
        let verifying = Instant::now();
        let outcome = Verifier::new().verify(&statement, &proof).map_err(|e| e.to_string())?;
        if outcome.outstanding_precompile_root().is_some() {
            return Err("an obligation is outstanding".into());
        }
        Ok(verifying.elapsed())
    });
    Ok(match verdict {
        Ok(time) => json!({ "ok": true, "ms": time.as_secs_f64() * 1e3 }),
        Err(reason) => json!({ "ok": false, "error": reason }),
    })
}
