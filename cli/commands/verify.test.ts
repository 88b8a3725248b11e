import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Answer, json, kiln, scratchFolder, vectorPath } from '../../test/cli.ts';
import { readVector } from '../../test/masm-vectors.ts';

const folder = scratchFolder();
const { proofs } = JSON.parse(readVector('proofs.json')) as {
  proofs: { program: string; hash: string; file: string; claim: Record<string, unknown> }[];
};
const [first] = proofs;
const other = proofs.find(({ program }) => program !== first.program)!;
const proof = vectorPath(first.file);
const claimFile = (name: string, value: unknown): string =>
  folder.write(`${name}.json`, JSON.stringify(value));
const claim = claimFile('claim', first.claim);

const verify = (claimPath: string, proofPath: string, ...more: string[]): Promise<Answer> =>
  kiln(['verify', '--claim', claimPath, proofPath, '--profile', 'miden', ...more, '--json']);

async function refused(answer: Promise<Answer>): Promise<string> {
  const { code, out } = await answer;
  assert.equal(code, 1, out);
  const { ok, error, ms } = JSON.parse(out);
  assert.deepEqual(
    [ok, typeof error.kind, typeof error.message, typeof ms],
    [false, 'string', 'string', 'number'],
  );
  return error.kind;
}

test('official proofs are accepted, of both hashes', async () => {
  for (const hash of ['eidos', 'blake3']) {
    const each = proofs.find((p) => p.hash === hash && p.program === 'fib_loop')!;
    const answer = await verify(claimFile(hash, each.claim), vectorPath(each.file));
    assert.equal(answer.code, 0);
    const { ms, ...rest } = json(answer);
    const expected = { ok: true, profile: 'miden', hash, logHeights: [10, 7, 8], securityBits: 96 };
    assert.deepEqual(rest, expected);
    assert.ok(ms > 0);
  }
  const { code, out } = await kiln(['verify', '--claim', claim, proof, '--profile', 'miden']);
  assert.equal(code, 0);
  assert.match(out, /valid/);
});

test('damaged proofs and proofs of something else are refused', async () => {
  const bytes = readFileSync(proof);
  for (const at of [0, 40, 1000, bytes.length - 1]) {
    const flipped = Uint8Array.from(bytes);
    flipped[at] ^= 1;
    await refused(verify(claim, folder.write('flipped.bin', flipped)));
  }
  for (const length of [0, 1, 100, bytes.length - 1]) {
    await refused(verify(claim, folder.write('cut.bin', bytes.subarray(0, length))));
  }
  await refused(verify(claim, folder.write('long.bin', Buffer.concat([bytes, Buffer.of(0)]))));
  await refused(verify(claimFile('other', other.claim), proof));
});

test('files that are not there or are something else are refused', async () => {
  assert.equal(await refused(verify(claim, `${folder.path}/none.bin`)), 'file');
  assert.equal(await refused(verify(claim, folder.path)), 'file');
  assert.equal(await refused(verify(`${folder.path}/none.json`, proof)), 'file');
  assert.equal(await refused(verify(folder.write('text.json', 'claim'), proof)), 'malformed');
  assert.equal(await refused(verify(proof, proof)), 'file');
  for (const value of [null, [], {}, { ...first.claim, stackInputs: ['x'] }]) {
    assert.equal(await refused(verify(claimFile('bad', value), proof)), 'malformed');
  }
  const claimOfMany = { ...first.claim, kernel: new Array(100_000).fill(['0', '0', '0', '0']) };
  assert.equal(await refused(verify(claimFile('many', claimOfMany), proof)), 'malformed');
});

test('the caller says how strong a proof has to be', async () => {
  assert.equal((await verify(claim, proof, '--min-security', '90')).code, 0);
  assert.equal(await refused(verify(claim, proof, '--min-security', '200')), 'insufficient-security');
});

test('wrong usage', async () => {
  for (const args of [
    [],
    [proof],
    ['--claim', claim],
    ['--claim', claim, proof, proof],
    ['--claim', claim, proof, '--profile', 'none'],
    ['--claim', claim, proof, '--min-security', 'x'],
  ]) {
    const answer = await kiln(['verify', ...args, '--json']);
    assert.equal(answer.code, 2);
    assert.equal(json(answer).error.kind, 'usage');
  }
});
