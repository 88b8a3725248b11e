import { ByteReader, ByteWriter } from '../../bytes.ts';
import { MODULUS } from '../../field/felt.ts';
import type { ProofHash } from '../profile.ts';

/** Bytes of a serialized STARK proof, at most (miden-core 1.0.0-rc.0, src/proof.rs). */
export const MAX_STARK_PROOF_BYTES = 64 * 1024 * 1024;
const MAX_INSTANCES = 256;
export const DIGEST_BYTES = 32;

/**
 * A STARK proof is what the prover said, in order: all field elements (observed and hinted, witnesses of work
 * included) and all commitments. Its structure follows from the heights and the AIRs alone.
 */
export interface StarkProof {
  /** log2 of the trace heights, in instance order. */
  readonly logHeights: readonly number[];
  /** Canonical field elements. */
  readonly fields: BigUint64Array;
  /** 32 bytes each. */
  readonly commitments: Uint8Array;
}

/**
 * Reads the inner proof bytes: three sequences, each behind a fixed u64 length, heights as bytes, nothing after.
 * Throws `FormatError` for lengths that do not fit and for field elements that are not canonical.
 */
export function readStarkProof(bytes: Uint8Array, hash: ProofHash): StarkProof {
  const reader = new ByteReader(bytes, 'proof');
  if (bytes.length > MAX_STARK_PROOF_BYTES)
    reader.fail(`${bytes.length} bytes are more than a proof may have`);
  const count = (size: number, limit: number): number => {
    const n = reader.u64();
    if (n > BigInt(limit) || n * BigInt(size) > BigInt(reader.remaining))
      reader.fail(`${n} items cannot fit into what is left`);
    return Number(n);
  };
  const logHeights = Array.from(reader.bytes(count(1, MAX_INSTANCES)));
  const fields = canonical(reader, reader.bytes(8 * count(8, MAX_STARK_PROOF_BYTES)));
  const commitments = reader.bytes(DIGEST_BYTES * count(DIGEST_BYTES, MAX_STARK_PROOF_BYTES));
  if (hash === 'eidos') canonical(reader, commitments);
  reader.end();
  return { logHeights, fields, commitments };
}

function canonical(reader: ByteReader, bytes: Uint8Array): BigUint64Array {
  const values = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  for (let i = 0; i < values.length; i++) {
    if (values[i] >= MODULUS) reader.fail(`${values[i]} is not a canonical field element`);
  }
  return values;
}

export function writeStarkProof({ logHeights, fields, commitments }: StarkProof): Uint8Array {
  return new ByteWriter()
    .u64(BigInt(logHeights.length))
    .bytes(Uint8Array.from(logHeights))
    .u64(BigInt(fields.length))
    .bytes(new Uint8Array(fields.buffer, fields.byteOffset, fields.byteLength))
    .u64(BigInt(commitments.length / DIGEST_BYTES))
    .bytes(commitments)
    .finish();
}
