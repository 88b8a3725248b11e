import assert from 'node:assert/strict';
import { test } from 'node:test';
import { x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import * as arbitrary from '../../core/protocol/testing/arbitrary.ts';
import { WalletError } from '../errors.ts';
import { MAX_SEALED_BYTES, MEMO_BYTES, openSealedNote, sealNote } from './sealed-note.ts';

const secret = new Uint8Array(32).fill(5);
const recipient = x25519.getPublicKey(secret);
const [note] = fc.sample(arbitrary.note, { numRuns: 1, seed: 3 });
const kind = (expected: string) => (error: unknown) =>
  error instanceof WalletError && error.kind === expected;

test('a note and its memo come back, for whoever has the key', () => {
  fc.assert(
    fc.property(arbitrary.note, fc.string({ maxLength: 100 }), (each, memo) => {
      const letter = openSealedNote(sealNote({ note: each, memo }, recipient), secret);
      assert.deepEqual(letter.note.id, each.id);
      assert.deepEqual(letter.note.toBytes(), each.toBytes());
      assert.equal(letter.memo ?? '', memo);
    }),
    { numRuns: 30 },
  );
});

test('sealed twice, nothing is the same but the length, which tells little', () => {
  const [first, second] = [
    sealNote({ note }, recipient),
    sealNote({ note, memo: 'for the boat' }, recipient),
  ];
  assert.equal(first.length, second.length);
  assert.equal((first.length - 81) % 1024, 0);
  assert.notDeepEqual(first.subarray(9, 41), second.subarray(9, 41));
  const text = Buffer.from(second).toString('latin1');
  assert.ok(!text.includes('boat') && !text.includes(Buffer.from(recipient).toString('latin1')));
});

test('another key, any byte that was changed, and what is cut off', () => {
  const sealed = sealNote({ note, memo: 'x' }, recipient);
  assert.throws(() => openSealedNote(sealed, new Uint8Array(32).fill(6)), kind('note.sealedOther'));
  for (let at = 9; at < sealed.length; at += at < 70 ? 1 : 97)
    assert.throws(
      () => openSealedNote(sealed.with(at, sealed[at] ^ 1), secret),
      kind('note.sealedOther'),
      `${at}`,
    );
  assert.throws(() => openSealedNote(sealed.with(0, 0), secret), kind('file.unknown'));
  assert.throws(() => openSealedNote(sealed.with(8, 2), secret), kind('file.version'));
  assert.throws(() => openSealedNote(sealed.subarray(0, 40), secret), kind('file.unknown'));
  assert.throws(() => openSealedNote(sealed.subarray(0, -1), secret), kind('note.sealedOther'));
  const long = new Uint8Array(MAX_SEALED_BYTES + 1);
  long.set(sealed);
  assert.throws(() => openSealedNote(long, secret), kind('file.tooBig'));
});

test('keys that agree with everybody, keys that are none, and memos that are too long', () => {
  const low = [new Uint8Array(32), new Uint8Array(32).fill(1, 0, 1)];
  for (const key of low) assert.throws(() => sealNote({ note }, key));
  const sealed = sealNote({ note }, recipient);
  for (const key of low) {
    const forged = Uint8Array.from(sealed);
    forged.set(key, 9);
    assert.throws(() => openSealedNote(forged, secret), kind('note.sealedOther'));
  }
  assert.throws(() => sealNote({ note }, recipient.subarray(1)), RangeError);
  assert.throws(() => sealNote({ note, memo: 'x'.repeat(MEMO_BYTES + 1) }, recipient), RangeError);
});
