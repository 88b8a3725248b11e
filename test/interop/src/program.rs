//! From a request's program to something the official processor can run.

use std::{collections::BTreeMap, fs, sync::Arc};

use miden_core_lib::CoreLibrary;
use miden_crypto::{
    Word,
    merkle::{MerkleTree, smt::Smt, store::MerkleStore},
};
use miden_processor::event::{EventName, NoopEventHandler};
use miden_vm::{
    DefaultHost, ExecutionOptions, ExecutionWitness, FastProcessor, Program, StackInputs,
    advice::{AdviceInputs, AdviceStack},
    assembly::{
        Assembler, DefaultSourceManager, Linkage, Path, Report,
        ast::{Module, ModuleKind},
        package::Package,
    },
};
use serde_json::{Value, json};

use crate::claim::{felts, word};

/// Events that test programs emit for a host that does nothing (the core library brings its own handler for them).
const IGNORED_EVENTS: [&str; 1] = ["readonly::miden_debug::unknown"];

pub fn failure(stage: &str, message: impl ToString) -> Value {
    json!({ "stage": stage, "message": message.to_string() })
}

pub struct Loaded {
    pub program: Program,
    pub host: DefaultHost,
}

pub fn assemble_library(root: &str, namespace: &str) -> Result<Box<Package>, Value> {
    Assembler::new(Arc::new(DefaultSourceManager::default()))
        .assemble_library_from_root(root, Some(Path::new(namespace)))
        .map_err(|e| failure("assemble", e))
}

pub fn assemble(request: &Value) -> Result<Loaded, Value> {
    let text = |key: &str| -> Result<Option<String>, Value> {
        let Some(path) = request[key].as_str() else { return Ok(None) };
        fs::read_to_string(path).map(Some).map_err(|e| failure("request", e))
    };
    let refused = |report: Report| failure("assemble", report);
    let other = |e: &dyn ToString| failure("assemble", e.to_string());
    let sources = Arc::new(DefaultSourceManager::default());
    let mut host = DefaultHost::default();
    let mut assembler = match text("kernelFile")? {
        None => Assembler::new(sources),
        Some(source) => {
            let module = Module::parser(Some(ModuleKind::Kernel))
                .parse_str(Some(Path::KERNEL), source, sources.clone())
                .map_err(refused)?;
            let no_support: [Box<Module>; 0] = [];
            let kernel: Arc<Package> =
                Arc::from(Assembler::new(sources.clone()).assemble_kernel("kernel", module, no_support).map_err(refused)?);
            host.load_library(kernel.clone()).map_err(|e| other(&e))?;
            Assembler::with_kernel(sources, kernel).map_err(refused)?
        },
    };
    if request["core"].as_bool() != Some(true) {
        for name in IGNORED_EVENTS {
            host.register_handler(EventName::new(name), Arc::new(NoopEventHandler)).map_err(|e| other(&e))?;
        }
    } else {
        let core = CoreLibrary::default();
        assembler.link_package(core.package(), Linkage::Dynamic).map_err(refused)?;
        host.load_library(&core).map_err(|e| other(&e))?;
    }
    let source = text("file")?.ok_or_else(|| failure("request", "no program file"))?;
    let package = assembler.assemble_program("program", source.as_str()).map_err(refused)?;
    let program = package.try_into_program().map_err(|e| other(&e))?;
    Ok(Loaded { program, host })
}

fn advice(value: &Value) -> Result<AdviceInputs, String> {
    let lists = |key: &str| value[key].as_array().cloned().unwrap_or_default();
    let mut map: BTreeMap<Word, Vec<_>> = BTreeMap::new();
    let mut store = MerkleStore::new();
    for entry in lists("map") {
        map.insert(word(&entry[0])?, felts(&entry[1])?);
    }
    for leaves in lists("trees") {
        let leaves = crate::claim::words(&leaves)?;
        store.extend(MerkleTree::new(&leaves).map_err(|e| e.to_string())?.inner_nodes());
    }
    for entries in lists("smts") {
        let pairs = entries.as_array().cloned().unwrap_or_default();
        let pairs = pairs.iter().map(|p| Ok((word(&p[0])?, word(&p[1])?))).collect::<Result<Vec<_>, String>>()?;
        let smt = Smt::with_entries(pairs).map_err(|e| e.to_string())?;
        store.extend(smt.inner_nodes());
        for (_, leaf) in smt.leaves() {
            map.insert(leaf.hash(), leaf.to_elements().collect());
        }
    }
    let stack = felts(&Value::Array(lists("stack")))?;
    let stack = AdviceStack::try_from_values(stack.iter().map(|f| f.as_canonical_u64())).map_err(|e| e.to_string())?;
    Ok(AdviceInputs::default().with_stack(stack).with_map(map).with_merkle_store(store))
}

pub fn execute(request: &Value, loaded: &mut Loaded) -> Result<ExecutionWitness, Value> {
    let refused = |e: &dyn ToString| failure("execute", e.to_string());
    let bad = |e: String| failure("request", e);
    let no_stack = json!([]);
    let stack = felts(request.get("stackInputs").unwrap_or(&no_stack)).map_err(bad)?;
    let stack = StackInputs::new(&stack).map_err(|e| refused(&e))?;
    let advice = advice(&request["advice"]).map_err(bad)?;
    let mut options = ExecutionOptions::default();
    if let Some(cycles) = request["maxCycles"].as_u64() {
        options = ExecutionOptions::new(Some(cycles as u32), 64, ExecutionOptions::DEFAULT_CORE_TRACE_FRAGMENT_SIZE)
            .map_err(|e| refused(&e))?;
    }
    FastProcessor::new_with_options(stack, advice, options)
        .map_err(|e| refused(&e))?
        .execute_for_proving_sync(&loaded.program, &mut loaded.host)
        .map_err(|e| refused(&e))
}
