import type { ByteReader } from '../../bytes.ts';
import type { ProofHash } from '../profile.ts';

/** How containers of proofs name a hash (miden-core 1.0.0-rc.0, src/proof.rs). */
export const HASH_ID: Readonly<Record<ProofHash, number>> = { blake3: 1, eidos: 6 };
const KECCAK_ID = 5;

export function readHash(reader: ByteReader): ProofHash {
  const id = reader.u8();
  if (id === HASH_ID.eidos) return 'eidos';
  if (id === HASH_ID.blake3) return 'blake3';
  return reader.fail(id === KECCAK_ID ? 'Keccak proofs are not supported' : `${id} is not a hash`);
}
