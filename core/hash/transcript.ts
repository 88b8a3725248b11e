import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';

/**
 * The Fiat-Shamir transcript of a proof: what was said is observed, challenges are sampled. One interface, two
 * implementations: {@link file://./transcript-eidos.ts} and {@link file://./transcript-blake3.ts}.
 */
export interface Transcript {
  /** Absorbs one canonical field element; outputs not yet read are dropped. */
  observe(value: Felt): void;
  /** Absorbs a 32-byte commitment. */
  observeDigest(digest: Uint8Array): void;
  sample(): Felt;
  /** The low `bits` bits of fresh output, 0 <= bits <= 32. */
  sampleBits(bits: number): number;
  /** What a search for a witness of `bits` > 0 needs; the transcript does not change. */
  grindJob(bits: number): GrindJob;
  /** Observes a witness and tells whether it meets `bits`; zero bits are met by any witness, which is not observed. */
  checkWitness(bits: number, witness: Felt): boolean;
}

/** The transcript's state at a proof-of-work check, enough to test nonces without the transcript. */
export type GrindJob =
  /** Nonce joins `pending` (fewer than 8 felts); then the first sampled felt must have `bits` low zero bits. */
  | {
      readonly hash: 'eidos';
      readonly bits: number;
      /** Eight lanes. */
      readonly cv: Uint32Array;
      readonly pending: readonly Felt[];
    }
  /** Nonce (8 bytes, little-endian) is appended to `input`; the first sampled u64 must have `bits` low zero bits. */
  | { readonly hash: 'blake3'; readonly bits: number; readonly input: Uint8Array };

/** Absorbs an extension element, c0 then c1. */
export function observeExt(transcript: Transcript, value: QuadFelt): void {
  transcript.observe(value[0]);
  transcript.observe(value[1]);
}

/** Samples an extension element, c0 then c1. */
export function sampleExt(transcript: Transcript): QuadFelt {
  const c0 = transcript.sample();
  return [c0, transcript.sample()];
}
