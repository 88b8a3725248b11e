import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdviceTape } from './tape.ts';

test('a tape gives back what was written, and again after rewinding', () => {
  const tape = new AdviceTape();
  const written = Uint32Array.from({ length: 3000 }, (_, i) => i);
  for (let at = 0; at < written.length; at += 8) tape.write(written, at, 8);
  for (let turn = 0; turn < 2; turn++) {
    tape.rewind();
    const read = new Uint32Array(written.length);
    for (let at = 0; at < read.length; at += 2) tape.read(read, at, 2);
    assert.deepEqual(read, written);
  }
  assert.ok(tape.complete);
});

test('a full tape keeps no more and says so', () => {
  const tape = new AdviceTape(10);
  tape.write(new Uint32Array(8), 0, 8);
  assert.ok(tape.complete);
  tape.write(new Uint32Array(8), 0, 8);
  tape.write(new Uint32Array(1), 0, 1);
  assert.ok(!tape.complete);
});
