//! Words and claims in the JSON form of `proofs.json`: field elements as decimal strings, stacks top first.

use miden_crypto::{Felt, Word};
use miden_vm::{ExecutionClaim, KernelDescriptor, ProgramInfo, StackInputs, StackOutputs};
use serde_json::{Value, json};

pub fn felt(value: &Value) -> Result<Felt, String> {
    let number = value.as_str().and_then(|s| s.parse::<u64>().ok()).ok_or("not a decimal string")?;
    Felt::new(number).map_err(|e| e.to_string())
}

pub fn felts(value: &Value) -> Result<Vec<Felt>, String> {
    value.as_array().ok_or("not a list")?.iter().map(felt).collect()
}

pub fn word(value: &Value) -> Result<Word, String> {
    let elements: [Felt; 4] = felts(value)?.try_into().map_err(|_| "not a word")?;
    Ok(Word::new(elements))
}

pub fn words(value: &Value) -> Result<Vec<Word>, String> {
    value.as_array().ok_or("not a list")?.iter().map(word).collect()
}

pub fn to_json<'a>(elements: impl IntoIterator<Item = &'a Felt>) -> Value {
    elements.into_iter().map(|f| json!(f.as_canonical_u64().to_string())).collect()
}

pub fn read(value: &Value) -> Result<ExecutionClaim, String> {
    let kernel = KernelDescriptor::from_hashes(words(&value["kernel"])?).map_err(|e| e.to_string())?;
    let inputs = StackInputs::new(&felts(&value["stackInputs"])?).map_err(|e| e.to_string())?;
    let outputs = StackOutputs::new(&felts(&value["stackOutputs"])?).map_err(|e| e.to_string())?;
    let info = ProgramInfo::new(word(&value["program"])?, kernel);
    Ok(ExecutionClaim::from_program_info(info, inputs, outputs))
}
