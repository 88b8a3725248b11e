import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, kiln, scratchFolder, vectorPath } from '../../test/cli.ts';
import { readVector } from '../../test/masm-vectors.ts';

const folder = scratchFolder();

test('every constraint has the official value, in the order of the file', async () => {
  const answer = await kiln(['air', 'eval', vectorPath('air.json'), '--json']);
  assert.equal(answer.code, 0);
  const { airs } = JSON.parse(readVector('air.json')) as {
    airs: { name: string; assignments: { values: unknown }[] }[];
  };
  assert.deepEqual(json(answer), {
    airs: airs.map(({ name, assignments }) => ({
      name,
      assignments: assignments.map(({ values }) => ({ values })),
    })),
  });
});

test('values are not needed; a file of another form is refused', async () => {
  const vector = JSON.parse(readVector('air.json'));
  const [air] = vector.airs;
  const { values: _, ...assignment } = air.assignments[0];
  const one = (change: object) => ({
    airs: [{ name: air.name, assignments: [{ ...assignment, ...change }] }],
  });
  const run = (name: string, value: unknown) =>
    kiln(['air', 'eval', folder.write(name, JSON.stringify(value)), '--json']);

  assert.deepEqual(
    json(await run('one.json', one({}))).airs[0].assignments[0].values,
    air.assignments[0].values,
  );
  for (const bad of [
    one({ main: [] }),
    one({ aux: 5 }),
    { airs: [{ name: 'none', assignments: [] }] },
    {},
    [],
  ]) {
    const answer = await run('bad.json', bad);
    assert.equal(answer.code, 1, answer.out);
    assert.deepEqual(Object.keys(json(answer).error), ['kind', 'message']);
  }
  assert.equal((await kiln(['air', 'eval', '--json'])).code, 2);
});
