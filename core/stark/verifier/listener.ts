import type { Felt } from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { observeExt, type Transcript } from '../../hash/transcript.ts';
import type { Digest } from '../backend.ts';
import { VerificationError } from '../errors.ts';
import { DIGEST_BYTES, type StarkProof } from '../proof/stark-proof.ts';

/** Reads what the prover said, in order, into the transcript. Hints are read but not observed. */
export class Listener {
  readonly #transcript: Transcript;
  readonly #fields: BigUint64Array;
  readonly #lanes: Uint32Array;
  readonly #commitments: Uint8Array;
  readonly #digestLanes: Uint32Array;
  #field = 0;
  #digest = 0;

  constructor(transcript: Transcript, { fields, commitments }: StarkProof) {
    this.#transcript = transcript;
    this.#fields = fields;
    this.#lanes = new Uint32Array(fields.buffer, fields.byteOffset, 2 * fields.length);
    this.#commitments = commitments;
    this.#digestLanes = new Uint32Array(commitments.slice().buffer);
  }

  commitment(): Digest {
    const at = this.#takeDigest();
    const digest = this.#commitments.slice(DIGEST_BYTES * at, DIGEST_BYTES * (at + 1));
    this.#transcript.observeDigest(digest);
    return digest;
  }

  values(count: number): QuadFelt[] {
    const at = this.#takeFields(2 * count);
    return Array.from({ length: count }, (_, i) => {
      const value: QuadFelt = [this.#fields[at + 2 * i], this.#fields[at + 2 * i + 1]];
      observeExt(this.#transcript, value);
      return value;
    });
  }

  /** Checks a proof of work. */
  work(bits: number, what: string): Felt {
    const witness = this.#fields[this.#takeFields(1)];
    if (!this.#transcript.checkWitness(bits, witness)) {
      throw new VerificationError('insufficient-work', 'The proof is wrong: a proof of work is missing.', {
        details: `${what}: ${bits} bits`,
      });
    }
    return witness;
  }

  /** The next `count` field elements as lanes, low half first; a view. */
  hintedLanes(count: number): Uint32Array {
    const at = this.#takeFields(count);
    return this.#lanes.subarray(2 * at, 2 * (at + count));
  }

  /** Copies the next commitment, eight lanes. */
  hintedDigest(lanes: Uint32Array, at: number): void {
    const from = 8 * this.#takeDigest();
    for (let i = 0; i < 8; i++) lanes[at + i] = this.#digestLanes[from + i];
  }

  /** Nothing may be left. */
  end(): void {
    const fields = this.#fields.length - this.#field;
    const digests = this.#commitments.length / DIGEST_BYTES - this.#digest;
    if (fields + digests === 0) return;
    throw new VerificationError('trailing-data', 'The proof has more data than it needs.', {
      details: `${fields} field elements and ${digests} commitments were not read`,
    });
  }

  #takeFields(count: number): number {
    const at = this.#field;
    if (at + count > this.#fields.length) this.#incomplete('field elements');
    this.#field += count;
    return at;
  }

  #takeDigest(): number {
    if (DIGEST_BYTES * (this.#digest + 1) > this.#commitments.length) this.#incomplete('commitments');
    return this.#digest++;
  }

  #incomplete(what: string): never {
    throw new VerificationError('incomplete-proof', 'The proof ends too early.', {
      details: `no more ${what}`,
    });
  }
}
