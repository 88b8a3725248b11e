import type { Felt } from '../../core/field/felt.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import type { Transcript } from './hashing.ts';
import type { Proof } from './proof.ts';
import { demand } from './rejection.ts';

/** What the prover says, message by message. `hint`s are not observed by the transcript; everything else is. */
export class Channel {
  readonly #proof: Proof;
  readonly transcript: Transcript;
  #field = 0;
  #digest = 0;

  constructor(proof: Proof, transcript: Transcript) {
    this.#proof = proof;
    this.transcript = transcript;
  }
  hintFields(count: number): readonly Felt[] {
    const from = this.#field;
    this.#field += count;
    demand(this.#field <= this.#proof.fields.length, 'incomplete', 'no more field elements');
    return this.#proof.fields.slice(from, this.#field);
  }
  hintDigest(): Uint8Array {
    demand(this.#digest < this.#proof.digests.length, 'incomplete', 'no more digests');
    return this.#proof.digests[this.#digest++];
  }
  extensions(count: number): QuadFelt[] {
    const fields = this.hintFields(2 * count);
    this.transcript.observe(fields);
    return Array.from({ length: count }, (_, i) => [fields[2 * i], fields[2 * i + 1]]);
  }
  commitment(): Uint8Array {
    const digest = this.hintDigest();
    this.transcript.observeDigest(digest);
    return digest;
  }
  /** A nonce is always sent; without a demand it says nothing. */
  work(bits: number): void {
    const [nonce] = this.hintFields(1);
    demand(bits === 0 || this.transcript.work(bits, nonce), 'work', `${bits} bits`);
  }
  sample(): QuadFelt {
    return [this.transcript.sample(), this.transcript.sample()];
  }
  end(): void {
    const { fields, digests } = this.#proof;
    const rest = fields.length - this.#field + digests.length - this.#digest;
    demand(rest === 0, 'trailing', `${rest} of what was said is not asked for`);
  }
}
