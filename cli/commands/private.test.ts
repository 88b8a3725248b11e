import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { type Answer, json, kiln, scratchFolder, vectorPath } from '../../test/cli.ts';
import { readVector } from '../../test/masm-vectors.ts';

const folder = scratchFolder();
const [proof, claim] = ['p.bin', 'c.json'].map((name) => `${folder.path}/${name}`);
const source = vectorPath('masm/fib_loop.masm');
const { proofs } = JSON.parse(readVector('proofs.json')) as {
  proofs: { program: string; hash: string; file: string; claim: unknown }[];
};
const official = proofs.find(({ program, hash }) => program === 'fib_loop' && hash === 'blake3')!;

const verify = (path: string, ...more: string[]): Promise<Answer> =>
  kiln(['verify', '--claim', claim, path, ...more, '--json']);
const kindOf = (answer: Answer): string => {
  assert.equal(answer.code, 1, answer.out);
  return json(answer).error.kind;
};
const damaged = (change: (bytes: Uint8Array) => Uint8Array): string =>
  folder.write('damaged.bin', change(Uint8Array.from(readFileSync(proof))));

let proved: Answer;
before(async () => {
  const args = ['prove', source, '--stack', '0,1', '--out', proof, '--claim', claim];
  proved = await kiln([...args, '--hash', 'blake3', '--backend', 'cpu', '--json']);
});

test('proofs are private if not asked otherwise, tell a class of heights, and verify as private', async () => {
  assert.equal(proved.code, 0, proved.out);
  const { profile, logHeights, heights, bytes } = json(proved);
  assert.deepEqual([profile, logHeights], ['private', [13, 13, 15]]);
  assert.deepEqual(heights.core, { rows: 860, height: 8192 });
  assert.equal(bytes, readFileSync(proof).length);
  for (const chosen of [[], ['--profile', 'private']]) {
    const answer = await verify(proof, ...chosen);
    assert.equal(answer.code, 0, answer.out);
    const verified = json(answer);
    assert.deepEqual(
      [verified.ok, verified.profile, verified.logHeights, verified.securityBits],
      [true, 'private', [13, 13, 15], 96],
    );
  }
});

test('a proof of one profile is refused as the other, for that', async () => {
  assert.equal(kindOf(await verify(proof, '--profile', 'miden')), 'wrong-profile');
  assert.equal(kindOf(await verify(vectorPath(official.file))), 'wrong-profile');
  assert.equal(kindOf(await kiln(['security', proof, '--profile', 'miden', '--json'])), 'wrong-profile');
  assert.match((await kiln(['verify', '--claim', claim, proof, '--profile', 'miden'])).err, /private proof/);
});

test('a damaged container is refused, wherever the damage is', async () => {
  const flip = (at: number) =>
    damaged((bytes) => {
      bytes[at] ^= 1;
      return bytes;
    });
  // Tag, format, profile, hash, length.
  for (let at = 0; at < 8; at++) assert.equal(kindOf(await verify(flip(at))), 'malformed', `byte ${at}`);
  for (const length of [0, 3, 4, 6, 7, 100]) {
    assert.equal(kindOf(await verify(damaged((bytes) => bytes.subarray(0, length)))), 'malformed');
  }
  const longer = damaged((bytes) => Buffer.concat([bytes, Buffer.of(0)]));
  assert.equal(kindOf(await verify(longer)), 'malformed');
});

test('heights that no class has are refused, in a proof and to a prover', async () => {
  const bytes = readFileSync(proof);
  // The log heights follow the container's head, one byte each.
  const at = bytes.indexOf(Uint8Array.of(13, 13, 15, 16));
  assert.ok(at > 0);
  for (const [which, log, kind] of [
    [2, 16, 'unlisted-heights'],
    [3, 17, 'wrong-shape'],
  ] as const) {
    const other = damaged((copy) => {
      copy[at + which] = log;
      return copy;
    });
    assert.equal(kindOf(await verify(other)), kind);
    assert.equal(kindOf(await kiln(['security', other, '--json'])), kind);
  }

  // There is no such program either, which would be told if it came first.
  const args = ['prove', `${folder.path}/none.masm`, '--out', `${folder.path}/u.bin`, '--claim', claim];
  assert.equal(kindOf(await kiln([...args, '--heights', '13,13,16', '--json'])), 'unlisted-heights');
  assert.equal(existsSync(`${folder.path}/u.bin`), false);
});

test('security: what the proof says of itself, at its heights and with its hash', async () => {
  const answer = await kiln(['security', proof, '--claim', claim, '--json']);
  assert.equal(answer.code, 0, answer.out);
  const { profile, hash, logHeights, verified, conjectured, proven } = json(answer);
  assert.deepEqual([profile, hash, logHeights, verified], ['private', 'blake3', [13, 13, 15, 16], false]);
  assert.deepEqual([conjectured.bits, proven.bits], [96, 56]);
  assert.match((await kiln(['security', proof])).out, /was not verified/);
});
