import { blake3 } from '@noble/hashes/blake3.js';
import type { Instance } from '../backend.ts';
import type { Profile } from '../profile.ts';
import { profileParameters, relationOf, type Statement } from '../statement.ts';
import { noRandomness, randomnessClosed } from './errors.ts';
import { OneShotRandomness } from './one-shot.ts';
import { SEED_BYTES, type SeedSource } from './seed.ts';
import { digestTraces } from './trace-digest.ts';
import type { ProofRandomness } from './types.ts';

const CONTEXT = new TextEncoder().encode('kiln private-1 prover randomness');

/** What is proved, of what and how: all that challenges depend on beside the randomness itself. */
export interface ProofInputs {
  readonly profile: Profile;
  readonly statement: Statement;
  /** In instance order. */
  readonly instances: readonly Instance[];
}

/** Little-endian words of 8 bytes. */
const words = (values: readonly (bigint | number)[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) view.setBigUint64(8 * i, BigInt(value), true);
  return new Uint8Array(view.buffer);
};

/**
 * The secret of one call of the prover. Each attempt's key is BLAKE3 in key derivation mode over the seed, relation,
 * parameters, hash, statement, heights, traces and number of the attempt, each after its length in bytes: should a seed
 * repeat, proofs that differ in anything still get unrelated masks, and proofs that do not are the same proof.
 */
export class ProofSeed {
  readonly #seed: Uint8Array;
  readonly #inputs: readonly Uint8Array[];
  #closed = false;

  private constructor(seed: Uint8Array, inputs: readonly Uint8Array[]) {
    this.#seed = seed;
    this.#inputs = inputs;
  }

  /** Draws a seed; rejects as `source` does, and with `no-randomness` if it is of the wrong length. */
  static async draw(source: SeedSource, { profile, statement, instances }: ProofInputs): Promise<ProofSeed> {
    const inputs = [
      words(relationOf(profile, statement)),
      words(profileParameters(profile)),
      new TextEncoder().encode(profile.hash),
      words([
        ...statement.observed,
        ...instances.flatMap(({ publicValues }) => [publicValues.length, ...publicValues]),
      ]),
      words(instances.map(({ logHeight }) => logHeight)),
      await digestTraces(instances),
    ];
    const seed = source();
    if (seed.length !== SEED_BYTES) throw noRandomness(`a seed of ${seed.length} bytes`);
    return new ProofSeed(seed, inputs);
  }

  /** The randomness of attempt `number` (0, 1, ...); unrelated to that of every other. The caller closes it. */
  attempt(number: number): ProofRandomness {
    if (this.#closed) throw randomnessClosed();
    const parts = [this.#seed, ...this.#inputs, words([number])];
    const message = new Uint8Array(parts.reduce((sum, part) => sum + 8 + part.length, 0));
    let at = 0;
    for (const part of parts) {
      message.set(words([part.length]), at);
      message.set(part, at + 8);
      at += 8 + part.length;
    }
    const key = blake3(message, { context: CONTEXT });
    message.fill(0);
    return new OneShotRandomness(new Uint32Array(key.buffer, key.byteOffset, key.length / 4));
  }

  /** Overwrites the seed. Safe twice. */
  close(): void {
    this.#closed = true;
    this.#seed.fill(0);
    for (const input of this.#inputs) input.fill(0);
  }
}
