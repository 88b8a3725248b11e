//! Hashes in the protocol's domains, and trees, as the official crate makes them.

use miden_crypto::{
    Felt,
    hash::eidos::{ByteString, DomainTag, Eidos, EidosDomain, FeltSequence},
    merkle::{mmr::Mmr, smt::Smt},
};
use serde_json::{Value, json};

use crate::{claim, program::failure};

/// Domains are types there; here one for each tag.
#[derive(Clone, Copy)]
struct Elements<const TAG: u32>;
#[derive(Clone, Copy)]
struct Bytes<const TAG: u32>;

const fn tag(value: u32) -> DomainTag {
    match DomainTag::from_u32(value) {
        Some(tag) => tag,
        None => panic!("not a tag"),
    }
}

impl<const TAG: u32> EidosDomain for Elements<TAG> {
    type Encoding = FeltSequence;
    const NAME: &'static str = "elements";
    const TAG: DomainTag = tag(TAG);
}
impl<const TAG: u32> EidosDomain for Bytes<TAG> {
    type Encoding = ByteString;
    const NAME: &'static str = "bytes";
    const TAG: DomainTag = tag(TAG);
}

macro_rules! hash_by_tag {
    ($name:ident, $input:ty, $kind:ident, $hash:ident, $($tag:literal),* $(,)?) => {
        fn $name(tag: u64, input: $input) -> Option<Value> {
            match tag {
                $($tag => Some(claim::to_json(Eidos::$hash(input, $kind::<$tag>).iter())),)*
                _ => None,
            }
        }
    };
}

hash_by_tag!(
    hash_elements, &[Felt], Elements, hash_elements_in_domain,
    0x0200_0101, 0x0200_0201, 0x0200_0301, 0x0200_0400, 0x0200_0501, 0x0200_0600, 0x0200_0a01,
    0x0200_1001, 0x0200_1101, 0x0200_1201, 0x0200_1301, 0x0200_1400, 0x0200_1501, 0x0200_1601,
    0x0200_1701, 0x0200_1801, 0x0200_1901, 0x0200_1a01, 0x0200_2001, 0x0200_2101, 0x0200_2201,
    0x0200_2301, 0x0200_2400, 0x0200_2501, 0x0200_2601, 0x0200_2701, 0x0200_3001, 0x0200_3101,
    0x0200_3201, 0x0200_3300, 0x0200_3401, 0x0200_3501, 0x0200_3601, 0x0200_3701, 0x0200_3801,
    0x0200_3901, 0x0200_3a01, 0x0200_3b01, 0x0200_3c01, 0x0200_3d01, 0x0200_8001, 0x0200_8101,
    0x0200_8201, 0x0200_8301, 0x0200_8501, 0x0200_8601, 0x0200_8901,
);
hash_by_tag!(hash_bytes, &[u8], Bytes, hash_in_domain, 0x0200_0701, 0x0200_3e01);

/// Digest of `elements` or `bytes` in the domain `tag`.
pub fn hash(request: &Value) -> Result<Value, Value> {
    let tag = request["tag"].as_u64().ok_or_else(|| failure("request", "no tag"))?;
    let digest = match request["bytes"].as_array() {
        Some(list) => {
            let bytes: Vec<u8> = list.iter().map(|byte| byte.as_u64().unwrap_or_default() as u8).collect();
            hash_bytes(tag, &bytes)
        },
        None => {
            let elements = claim::felts(&request["elements"]).map_err(|e| failure("request", e))?;
            hash_elements(tag, &elements)
        },
    };
    Ok(json!({ "digest": digest.ok_or_else(|| failure("request", "unknown tag"))? }))
}

/// Root of the sparse tree with these `keys` and `values`, and the siblings on the way to each of `open`.
pub fn smt(request: &Value) -> Result<Value, Value> {
    let words = |key: &str| claim::words(&request[key]).map_err(|e| failure("request", e));
    let mut tree = Smt::default();
    for (key, value) in words("keys")?.into_iter().zip(words("values")?) {
        tree.insert(key, value).map_err(|e| failure("smt", e))?;
    }
    let paths: Value = words("open")?
        .iter()
        .map(|key| {
            let path: miden_crypto::merkle::MerklePath = tree.open(key).path().clone().into();
            path.iter().map(|node| claim::to_json(node.iter())).collect::<Value>()
        })
        .collect();
    Ok(json!({ "root": claim::to_json(tree.root().iter()), "paths": paths }))
}

/// Commitment of the range of each number of `leaves` up to all of them.
pub fn mmr(request: &Value) -> Result<Value, Value> {
    let mut range = Mmr::default();
    let mut commitments = vec![claim::to_json(range.peaks().hash_peaks().iter())];
    for leaf in claim::words(&request["leaves"]).map_err(|e| failure("request", e))? {
        range.add(leaf).map_err(|e| failure("mmr", e))?;
        commitments.push(claim::to_json(range.peaks().hash_peaks().iter()));
    }
    Ok(json!({ "commitments": commitments }))
}
