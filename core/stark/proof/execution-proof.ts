import { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import type { ProofHash } from '../profile.ts';
import { HASH_ID, readHash } from './hash-id.ts';
import { MAX_STARK_PROOF_BYTES } from './stark-proof.ts';

/**
 * The bytes that travel: version, the verifiers the prover knows to accept it, the STARK proof and the root of the
 * statements left to precompiles (miden-core 1.0.0-rc.0, src/proof.rs). Lengths are vints.
 */
export interface ExecutionProof {
  /** Roots of the VM relations and of the precompile relations that accept this proof; no duplicates. */
  readonly vmRoots: readonly Word[];
  readonly pvmRoots: readonly Word[];
  readonly hash: ProofHash;
  /** See {@link file://./stark-proof.ts}. */
  readonly stark: Uint8Array;
  /** The zero word when a program leaves no statement to precompiles. */
  readonly deferredRoot: Word;
  /** `none`: nothing is left to prove. The others are not read further. */
  readonly precompile: 'none' | 'deferred' | 'proven';
}

const PROOF_FORMAT = 2;
/** The relations of VM 1.0.0-rc.0. */
export const VM_ROOT: Word = [
  6531317477902291971n,
  6330145662319840937n,
  1346989877885786889n,
  2977526316393511162n,
];
export const PVM_ROOT: Word = [
  6808264455915748692n,
  7335842088828173809n,
  8794786252055803605n,
  8801448297059648773n,
];

const WORD_BYTES = 32;
/** Far more relations than a prover can know; keeps a hostile list from costing memory. */
const MAX_ROOTS = 256;
const DEFERRED = 0;
const COMPLETE = 1;

/**
 * Reads an execution proof. Only the canonical encoding is accepted: shortest lengths, no duplicates, nothing after
 * the end. Throws `FormatError`. What follows a `deferred` or `proven` mark is not looked at.
 */
export function readExecutionProof(bytes: Uint8Array): ExecutionProof {
  const reader = new ByteReader(bytes, 'proof');
  const format = reader.u8();
  if (format !== PROOF_FORMAT) reader.fail(`format ${format} is not known, only ${PROOF_FORMAT} is`);
  const vmRoots = readRoots(reader);
  const pvmRoots = readRoots(reader);
  const completeness = reader.u8();
  if (completeness !== DEFERRED && completeness !== COMPLETE) reader.fail(`${completeness} is not a status`);
  const stark = reader.bytes(reader.count(1, MAX_STARK_PROOF_BYTES));
  const hash = readHash(reader);
  const deferredRoot = reader.word();
  const precompile = completeness === DEFERRED ? 'deferred' : reader.bool() ? 'proven' : 'none';
  if (precompile === 'none') reader.end();
  return { vmRoots, pvmRoots, hash, stark, deferredRoot, precompile };
}

function readRoots(reader: ByteReader): Word[] {
  const roots = Array.from({ length: reader.count(WORD_BYTES, MAX_ROOTS) }, () => reader.word());
  if (new Set(roots.map(wordKey)).size !== roots.length) reader.fail('a relation is listed twice');
  return roots;
}

/** Does it begin as an official proof does? */
export const hasExecutionTag = (bytes: Uint8Array): boolean => bytes[0] === PROOF_FORMAT;

/** Writes a proof that leaves nothing to precompiles. */
export function writeExecutionProof(proof: Omit<ExecutionProof, 'precompile'>): Uint8Array {
  const writer = new ByteWriter().u8(PROOF_FORMAT);
  for (const roots of [proof.vmRoots, proof.pvmRoots]) {
    writer.vint(roots.length);
    for (const root of roots) writer.word(root);
  }
  return writer
    .u8(COMPLETE)
    .vint(proof.stark.length)
    .bytes(proof.stark)
    .u8(HASH_ID[proof.hash])
    .word(proof.deferredRoot)
    .bool(false)
    .finish();
}
