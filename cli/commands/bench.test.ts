import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, kiln } from '../../test/cli.ts';

test('bench: medians of the phases, rate, size', async () => {
  const args = ['bench', '--program', 'hashing', '--log', '8', '--runs', '2', '--hash', 'blake3'];
  const answer = await kiln([...args, '--profile', 'miden', '--json']);
  assert.equal(answer.code, 0, answer.out);
  const { ms, cycles, cyclesPerSecond, bytes, ...rest } = json(answer);
  assert.deepEqual(Object.keys(rest), [
    'program',
    'log',
    'profile',
    'hash',
    'backend',
    'runs',
    'heights',
    'logHeights',
    'peakMiB',
  ]);
  assert.deepEqual([rest.program, rest.log, rest.hash, rest.runs], ['hashing', 8, 'blake3', 2]);
  assert.deepEqual([rest.profile, rest.logHeights], ['miden', [8, 6, 10]]);
  assert.ok(cycles < 256 && cyclesPerSecond > 0 && bytes > 100_000);
  for (const phase of ['execute', 'traces', 'commit-main', 'constraints', 'fri', 'prove', 'verify']) {
    assert.ok(ms[phase] >= 0, phase);
  }
});

test('bench: sizes and programs that are none are wrong usage', async () => {
  const bad = [
    ['--log', '7', '--program', 'hashing'],
    ['--log', '23'],
    ['--program', 'x'],
    ['--runs', '0'],
    ['x'],
  ];
  for (const args of bad) assert.equal((await kiln(['bench', ...args])).code, 2);
});

test('doctor: what the machine has and how fast it is', async () => {
  const answer = await kiln(['doctor', '--json']);
  assert.equal(answer.code, 0);
  const { machine, adapter, rates } = json(answer);
  assert.equal(machine.node, process.versions.node);
  assert.ok(machine.threads > 0 && machine.memoryMiB > 0);
  assert.deepEqual([typeof machine.simd, typeof machine.sharedMemory], ['boolean', 'boolean']);
  if (adapter.error === undefined) {
    assert.deepEqual([typeof adapter.description, typeof adapter.software], ['string', 'boolean']);
    assert.ok(adapter.limits.maxStorageBufferBindingSize >= 2 ** 27);
  } else assert.equal(typeof adapter.error, 'string');
  assert.ok(rates.typescript.eidosCompressions > 0);
  for (const rate of ['multiplicationsPerThread', 'butterflies', 'eidosCompressions', 'blake3Compressions']) {
    assert.ok(rates.cpu[rate] > 0, rate);
  }
  assert.match((await kiln(['doctor'])).out, /WASM SIMD +(yes|no)\n/);
});
