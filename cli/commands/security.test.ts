import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, kiln, scratchFolder, vectorPath } from '../../test/cli.ts';
import { readVector } from '../../test/masm-vectors.ts';

const folder = scratchFolder();
const { proofs } = JSON.parse(readVector('proofs.json')) as {
  proofs: { program: string; hash: string; file: string; claim: unknown }[];
};
const estimates = (
  JSON.parse(readVector('security.json')) as {
    proofs: {
      program: string;
      hash: string;
      security: { attainedQ16: number; bindingTerm: string; terms: { label: string; bitsQ16: number }[] };
    }[];
  }
).proofs;
const security = (...args: string[]) => kiln(['security', ...args, '--json']);

test('official proofs have the official estimate, to the last bit', async () => {
  for (const { program, hash, file, claim } of proofs) {
    const { security: official } = estimates.find((e) => e.program === program && e.hash === hash)!;
    const claimPath = folder.write('claim.json', JSON.stringify(claim));
    const answer = await security(vectorPath(file), '--profile', 'miden', '--claim', claimPath);
    assert.equal(answer.code, 0, answer.out);
    const { terms, conjectured } = json(answer);
    assert.deepEqual(
      terms.map((term: { label: string; conjectured: number }) => [term.label, 65_536 * term.conjectured]),
      official.terms.map(({ label, bitsQ16 }) => [label, bitsQ16]),
      `${program} ${hash}`,
    );
    assert.deepEqual(
      [65_536 * conjectured.exact, conjectured.binding],
      [official.attainedQ16, official.bindingTerm],
    );
  }
});

test('without a proof: the profile, hash and heights that are asked about, the smallest if none', async () => {
  const of = async (...args: string[]) => json(await security(...args));
  const smallest = await of();
  assert.deepEqual(
    [smallest.profile, smallest.hash, smallest.logHeights],
    ['private', 'eidos', [13, 13, 15, 16]],
  );
  assert.deepEqual(
    [smallest.conjectured.bits, smallest.proven.bits, smallest.uniqueDecoding.bits],
    [96, 56, 39],
  );
  assert.deepEqual((await of('--profile', 'miden')).logHeights, [6, 6, 6, 16]);
  const tall = await of('--heights', '19,19,20');
  assert.deepEqual([tall.conjectured.bits, tall.conjectured.binding], [95, 'lookup-challenge']);
  const blake3 = await of('--profile', 'miden', '--hash', 'blake3', '--heights', '22,6,6');
  assert.deepEqual([blake3.hash, blake3.conjectured.binding], ['blake3', 'lookup-challenge']);
  for (const { label, conjectured, proven, uniqueDecoding } of tall.terms) {
    assert.ok(conjectured >= proven && uniqueDecoding >= 0, label);
  }
});

test('a table for people, rounded down', async () => {
  const { code, out } = await kiln(['security', '--hash', 'blake3']);
  assert.equal(code, 0);
  assert.match(out, /^fri-query +96\.6 +56\.8 +39\.8$/m);
  assert.match(out, /^the weakest +96\.6 +56\.8 +39\.8$/m);
});

test('heights that no accepted proof has, and files that are none, are refused', async () => {
  const kind = async (...args: string[]) => {
    const answer = await security(...args);
    assert.equal(answer.code, 1, answer.out);
    return json(answer).error.kind;
  };
  assert.equal(await kind('--heights', '13,13,16'), 'unlisted-heights');
  assert.equal(await kind(`${folder.path}/none.bin`), 'file');
  assert.equal(await kind(folder.write('text.bin', 'no proof at all')), 'malformed');
  assert.equal(await kind('--claim', folder.write('bad.json', '{}')), 'malformed');
});

test('wrong usage', async () => {
  const file = vectorPath(proofs[0].file);
  for (const args of [
    [file, file],
    [file, '--hash', 'eidos'],
    [file, '--heights', '13,13,15'],
    ['--heights', '13,13'],
    ['--profile', 'miden', '--heights', '6,6,30'],
    ['--profile', 'none'],
  ]) {
    const answer = await security(...args);
    assert.deepEqual([answer.code, json(answer).error.kind], [2, 'usage'], args.join(' '));
  }
});
