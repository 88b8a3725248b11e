import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nonceTest, smallestNonce } from './grind.ts';
import { observeExt, sampleExt, type Transcript } from './transcript.ts';
import { Blake3Transcript } from './transcript-blake3.ts';
import { EidosTranscript } from './transcript-eidos.ts';
import type { Word } from './word.ts';

type Strings = readonly string[];
type Step =
  | { op: 'observe'; values: Strings }
  | { op: 'observeExt'; value: Strings }
  | { op: 'sample'; out: string }
  | { op: 'sampleExt'; out: Strings }
  | { op: 'sampleBits'; bits: number; out: number };
interface Vectors {
  transcripts: {
    hash: 'eidos' | 'blake3';
    protocolParamsObserved?: boolean;
    relationDigest?: Strings;
    steps: Step[];
  }[];
  grinding: {
    hash: 'eidos' | 'blake3';
    bits: number;
    observed: Strings;
    acceptedBelow256: number[];
    smallest: number;
    sampleAfter: string;
  }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/eidos.json', import.meta.url), 'utf8'),
);
const word = (s: Strings) => s.map(BigInt) as unknown as Word;
const make = (hash: 'eidos' | 'blake3', relation: Word): Transcript =>
  hash === 'eidos' ? new EidosTranscript(relation) : new Blake3Transcript(relation);
const RELATION = word(vectors.transcripts[0].relationDigest!);
const PARAMETERS = [27n, 17n, 12n, 4n, 3n, 7n, 4n, 0n];

for (const [
  index,
  { hash, relationDigest, protocolParamsObserved, steps },
] of vectors.transcripts.entries()) {
  // The one without a relation digest starts from a bare chaining value, which no proof does.
  if (!relationDigest) continue;
  test(`official transcript ${index} (${hash})`, () => {
    const transcript = make(hash, word(relationDigest));
    if (protocolParamsObserved) for (const p of PARAMETERS) transcript.observe(p);
    for (const [i, step] of steps.entries()) {
      const at = `step ${i}, ${step.op}`;
      if (step.op === 'observe') for (const v of step.values) transcript.observe(BigInt(v));
      else if (step.op === 'observeExt')
        observeExt(transcript, [BigInt(step.value[0]), BigInt(step.value[1])]);
      else if (step.op === 'sample') assert.equal(transcript.sample(), BigInt(step.out), at);
      else if (step.op === 'sampleExt') assert.deepEqual(sampleExt(transcript), step.out.map(BigInt), at);
      else assert.equal(transcript.sampleBits(step.bits), step.out, at);
    }
  });
}

test('official grinding: every witness below 256, the smallest, and the state after it', () => {
  for (const g of vectors.grinding) {
    const transcript = () => {
      const t = make(g.hash, RELATION);
      for (const v of g.observed) t.observe(BigInt(v));
      return t;
    };
    const accepts = nonceTest(transcript().grindJob(g.bits));
    const range = Array.from({ length: 256 }, (_, i) => i);
    assert.deepEqual(range.filter(accepts), g.acceptedBelow256);
    assert.deepEqual(
      range.filter((n) => transcript().checkWitness(g.bits, BigInt(n))),
      g.acceptedBelow256,
    );
    assert.equal(smallestNonce(transcript().grindJob(g.bits)), g.smallest);
    const after = transcript();
    after.checkWitness(g.bits, BigInt(g.smallest));
    assert.equal(after.sample(), BigInt(g.sampleAfter));
  }
});

test('a digest is absorbed as its four field elements', () => {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  const values = [1n, 2n ** 40n, 3n, 2n ** 63n - 1n];
  for (const [i, v] of values.entries()) view.setBigUint64(8 * i, v, true);
  for (const hash of ['eidos', 'blake3'] as const) {
    const [a, b] = [make(hash, RELATION), make(hash, RELATION)];
    a.observeDigest(bytes);
    for (const v of values) b.observe(v);
    assert.deepEqual(sampleExt(a), sampleExt(b));
  }
});

test('zero bits of work take any witness and leave the transcript alone', () => {
  for (const hash of ['eidos', 'blake3'] as const) {
    const [a, b] = [make(hash, RELATION), make(hash, RELATION)];
    assert.equal(a.checkWitness(0, 77n), true);
    assert.equal(a.sample(), b.sample());
  }
});

test('a job after unread output, for both hashes', () => {
  for (const hash of ['eidos', 'blake3'] as const) {
    const t = make(hash, RELATION);
    t.observe(5n);
    t.sample();
    const nonce = smallestNonce(t.grindJob(5));
    assert.equal(t.checkWitness(5, BigInt(nonce)), true);
  }
});
