import { readFileSync } from 'node:fs';
import { verify } from '../core/stark/miden/verify.ts';
import { claimFromJson } from '../core/stark/proof/claim.ts';

/**
 * Time to verify the official proofs: the first one in this process (cold, with the AIRs built) and the median of
 * repetitions (warm). Usage: node bench/verify.ts
 */
const REPETITIONS = 60;

const vectors = new URL('../test/vectors/', import.meta.url);
const { proofs } = JSON.parse(readFileSync(new URL('proofs.json', vectors), 'utf8')) as {
  proofs: { program: string; hash: string; file: string; claim: unknown }[];
};

const time = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const ms = (value: number): string => value.toFixed(1).padStart(8);

console.log('program                 hash       first  median  (ms)');
const loaded = proofs.map((proof) => ({
  ...proof,
  bytes: new Uint8Array(readFileSync(new URL(proof.file, vectors))),
  claim: claimFromJson(proof.claim),
}));
const firsts = loaded.map(({ claim, bytes }) => time(() => verify(claim, bytes, { profile: 'miden' })));
for (const [i, { program, hash, claim, bytes }] of loaded.entries()) {
  const times = Array.from({ length: REPETITIONS }, () =>
    time(() => verify(claim, bytes, { profile: 'miden' })),
  ).sort((a, b) => a - b);
  console.log(`${program.padEnd(22)}  ${hash.padEnd(7)} ${ms(firsts[i])}${ms(times[REPETITIONS / 2])}`);
}
