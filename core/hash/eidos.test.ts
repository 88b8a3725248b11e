import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Domain } from './domains.ts';
import {
  compress,
  hashBytes,
  hashControl,
  hashElements,
  initWord,
  lanesToWord,
  merge,
  mergeLanes,
  wordToLanes,
} from './eidos.ts';
import { compressXof } from './eidos-xof.ts';
import { RandomCoin } from './random-coin.ts';
import type { Word } from './word.ts';

const vectors = JSON.parse(readFileSync(new URL('../../test/vectors/eidos.json', import.meta.url), 'utf8'));
const word = (xs: string[]): Word => xs.map(BigInt) as unknown as Word;
const felts = (xs: string[]): bigint[] => xs.map(BigInt);

test('compression and its extended output', () => {
  const [cv, block, out] = [new Uint32Array(8), new Uint32Array(16), new Uint32Array(16)];
  for (const v of vectors.compress) {
    assert.deepEqual(compress(word(v.cv), felts(v.block)), word(v.out));
    wordToLanes(word(v.cv), cv, 0);
    wordToLanes(word(v.block.slice(0, 4)), block, 0);
    wordToLanes(word(v.block.slice(4)), block, 8);
    compressXof(cv, 0, block, 0, out);
    assert.deepEqual([...out], v.xof.map(Number));
  }
});

test('domain tags and opening chaining values', () => {
  for (const { name, tag } of vectors.domains) assert.equal(Domain[name as keyof typeof Domain], tag, name);
  assert.equal(Object.keys(Domain).length, vectors.domains.length);
  const init = vectors.init[0];
  for (const [n, w] of init.genericFeltSequence.entries()) {
    assert.deepEqual(initWord(Domain.GENERIC_FELT_SEQUENCE, n), word(w));
  }
  assert.deepEqual(initWord(0), word(init.merkleNode));
  assert.deepEqual(initWord(Domain.STARK_TRANSCRIPT), word(init.starkTranscript));
  for (const { params, cv } of init.mmrPeaks) {
    const [p0, p1, p2] = params.map(Number);
    assert.deepEqual(initWord(Domain.MMR_PEAKS, p0, p1, p2), word(cv));
  }
});

test('element sequences, in three domains', () => {
  for (const v of vectors.elements) {
    const input = felts(v.input);
    assert.deepEqual(hashElements(input), word(v.hash));
    assert.deepEqual(hashElements(input, Domain.KERNEL_COMMITMENT), word(v.inKernelCommitment));
    assert.deepEqual(hashElements(input, Domain.FALCON_PUBLIC_KEY), word(v.inFalconPublicKey));
  }
});

test('byte strings', () => {
  for (const v of vectors.bytes) {
    const input = Uint8Array.from(Buffer.from(v.input, 'hex'));
    assert.deepEqual(hashBytes(input), word(v.hash));
    assert.deepEqual(hashBytes(input, Domain.ECGFP5_SEAL_BYTE_CONTEXT), word(v.inEcgfp5ByteContext));
  }
});

test('pairs: merge differs from a sequence of eight', () => {
  const [l, r, o] = [new Uint32Array(8), new Uint32Array(8), new Uint32Array(8)];
  for (const v of vectors.pairs) {
    const [left, right] = [word(v.left), word(v.right)];
    assert.deepEqual(merge(left, right), word(v.merge));
    assert.deepEqual(hashElements([...left, ...right]), word(v.hashDoubleWord));
    assert.notDeepEqual(merge(left, right), hashControl(87, left, right));
    wordToLanes(left, l, 0);
    wordToLanes(right, r, 0);
    mergeLanes(l, 0, r, 0, o, 0);
    assert.deepEqual(lanesToWord(o, 0), word(v.merge));
  }
});

test('random coin', () => {
  for (const v of vectors.coin) {
    const coin = new RandomCoin(word(v.seed));
    for (const step of v.steps) {
      if (step.op === 'reseed') coin.reseed(word(step.data));
      else if (step.op === 'drawExt') assert.deepEqual(coin.drawQuad(), felts(step.out));
      else if (step.op === 'fillBytes') {
        assert.equal(Buffer.from(coin.bytes(step.out.length / 2)).toString('hex'), step.out);
      } else assert.equal(coin.draw(), BigInt(step.out), step.op);
    }
    const { state, output, counter, current } = coin.parts;
    assert.deepEqual([state, output], [word(v.end.state), word(v.end.output)]);
    assert.deepEqual([String(counter), current], [v.end.counter, v.end.current]);
  }
});
