import type { Claim } from '../../core/stark/proof/claim.ts';
import type { Random } from './random.ts';

export interface Case {
  readonly claim: Claim;
  readonly proof: Uint8Array;
}

const flipBit = (proof: Uint8Array, random: Random): Uint8Array => {
  const out = proof.slice();
  out[random.below(out.length)] ^= 1 << random.below(8);
  return out;
};

/** Two aligned-looking stretches of `size` bytes change places. */
const swap = (proof: Uint8Array, random: Random, size: number): Uint8Array => {
  const out = proof.slice();
  const [a, b] = [random.below(proof.length - size), random.below(proof.length - size)];
  const kept = proof.slice(a, a + size);
  out.copyWithin(a, b, b + size);
  out.set(kept, b);
  return out;
};

const bump = (values: readonly bigint[], random: Random): bigint[] => {
  const at = random.below(values.length);
  return values.map((v, i) => (i === at ? (v + 1n) % 0xffff_ffff_0000_0001n : v));
};

const OF_PROOF: readonly ((proof: Uint8Array, random: Random) => Uint8Array)[] = [
  flipBit,
  flipBit,
  flipBit,
  (proof, random) => swap(proof, random, 8),
  (proof, random) => swap(proof, random, 32),
  (proof, random) => proof.slice(0, random.below(proof.length)),
  (proof, random) => Uint8Array.from([...proof, random.below(256)]),
  // The head: format version, relation roots, status, lengths, trace heights.
  (proof, random) => {
    const out = proof.slice();
    out[random.below(200)] = random.below(256);
    return out;
  },
  // The tail: hash, deferred root, status of precompiles.
  (proof, random) => {
    const out = proof.slice();
    out[out.length - 1 - random.below(40)] ^= 1 + random.below(255);
    return out;
  },
  // A field element replaced by its neighbour's value.
  (proof, random) => {
    const out = proof.slice();
    const at = 200 + 8 * random.below(Math.floor((proof.length - 220) / 8));
    out.copyWithin(at, at + 8, at + 16);
    return out;
  },
];
const OF_CLAIM: readonly ((claim: Claim, random: Random) => Claim)[] = [
  (claim, random) => ({ ...claim, stackInputs: bump(claim.stackInputs, random) }),
  (claim, random) => ({ ...claim, stackOutputs: bump(claim.stackOutputs, random) }),
  (claim, random) => ({ ...claim, program: bump(claim.program, random) as unknown as Claim['program'] }),
  (claim) => ({
    ...claim,
    kernel: claim.kernel.length > 0 ? claim.kernel.slice(1) : [[1n, 2n, 3n, 4n]],
  }),
];

/** A false variant of a true case: the proof or the claim is changed, never into itself. */
export function mutate({ claim, proof }: Case, random: Random): Case {
  for (;;) {
    if (random.below(5) === 0) return { claim: random.pick(OF_CLAIM)(claim, random), proof };
    const mutated = random.pick(OF_PROOF)(proof, random);
    if (mutated.length !== proof.length || mutated.some((b, i) => b !== proof[i]))
      return { claim, proof: mutated };
  }
}
