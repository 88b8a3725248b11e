import type { Felt } from '../../core/field/felt.ts';
import { Bytes, felts } from './bytes.ts';
import { demand } from './rejection.ts';

export type HashName = 'blake3' | 'eidos';

/** Everything a prover said, in order: the structure follows from the heights. */
export interface Proof {
  readonly hash: HashName;
  /** Instance order. */
  readonly logHeights: readonly number[];
  readonly fields: readonly Felt[];
  /** 32 bytes each. */
  readonly digests: readonly Uint8Array[];
}

const MAX_BYTES = 64n * 1024n * 1024n;
const FORMAT = 1;
const PRIVATE = 1;

/** The file of a private proof: tag, format, profile, hash, and the STARK's bytes behind their length. */
export function readPrivateProof(file: Uint8Array): Proof {
  const bytes = new Bytes(file);
  demand(String.fromCharCode(...bytes.take(4)) === 'KLNP', 'format', 'this is no file of a private proof');
  const [format, profile, id] = bytes.take(3);
  demand(format === FORMAT && profile === PRIVATE, 'format', `format ${format}, profile ${profile}`);
  demand(id === 1 || id === 6, 'format', `hash ${id}`);
  const stark = bytes.take(bytes.vint());
  bytes.end();
  return readStarkProof(stark, id === 1 ? 'blake3' : 'eidos');
}

/** Heights (a byte each), field elements, digests: each list behind a u64 count, and nothing after. */
export function readStarkProof(stark: Uint8Array, hash: HashName): Proof {
  demand(stark.length <= MAX_BYTES, 'format', `${stark.length} bytes`);
  const bytes = new Bytes(stark);
  const list = (size: bigint) => bytes.take(bytes.integer(8) * size);
  const logHeights = Array.from(list(1n));
  const fields = felts(list(8n));
  const tail = list(32n);
  if (hash === 'eidos') felts(tail);
  bytes.end();
  const digests = Array.from({ length: tail.length / 32 }, (_, i) => tail.subarray(32 * i, 32 * (i + 1)));
  return { hash, logHeights, fields, digests };
}
