import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MODULUS } from '../../field/felt.ts';
import { ProtocolError } from '../errors.ts';
import * as arbitrary from '../testing/arbitrary.ts';
import { type ExecutionHint, hintElement, hintIn, isConsumable } from './execution-hint.ts';
import { textIn, textWord } from './text-word.ts';
import { symbolElement, symbolIn } from './token-symbol.ts';

const felt = fc.bigInt({ min: 0n, max: MODULUS - 1n });

test('symbols are elements, as the official implementation has them', () => {
  assert.equal(symbolElement('A'), 1n);
  assert.equal(symbolElement('B'), 27n);
  assert.equal(symbolElement('ZZZZZZZZZZZZ'), 2481152873203736562n);
  const symbol = fc
    .array(fc.nat(25), { minLength: 1, maxLength: 12 })
    .map((letters) => String.fromCharCode(...letters.map((each) => 65 + each)));
  fc.assert(fc.property(symbol, (each) => assert.equal(symbolIn(symbolElement(each)), each)));
  for (const bad of ['', 'ABCDEFGHIJKLM', 'coin', 'A1', 'Ä', 'A '])
    assert.throws(() => symbolElement(bad), ProtocolError);
  // One short, one long, and a number that no letters are left for.
  for (const none of [0n, 26n, 13n, 27n - 1n, symbolElement('ABCDEF') - 3n, MODULUS - 1n])
    assert.equal(symbolIn(none), undefined);
  fc.assert(
    fc.property(felt, (element) => {
      const read = symbolIn(element);
      assert.ok(read === undefined || symbolElement(read) === element);
    }),
  );
});

test('names are words', () => {
  assert.deepEqual(textWord('A'), [65n, 0n, 0n, 0n]);
  assert.deepEqual(textWord('abcdefgh'), [0x67666564636261n, 0x68n, 0n, 0n]);
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 7 })
    .filter((each) => !each.includes('\0'));
  fc.assert(fc.property(text, (each) => assert.equal(textIn(textWord(each)), each)));
  for (const bad of ['', 'x'.repeat(29), 'ü'.repeat(15), 'a\0b', '\ud800'])
    assert.throws(() => textWord(bad), ProtocolError);
  assert.equal(textIn([0n, 0n, 0n, 0n]), undefined);
  assert.equal(textIn([1n << 56n, 0n, 0n, 0n]), undefined);
  assert.equal(textIn([65n, 65n, 0n, 0n]), undefined, 'a text after its end');
  assert.equal(textIn([0xffn, 0n, 0n, 0n]), undefined, 'no UTF-8');
  fc.assert(
    fc.property(arbitrary.word, (word) => {
      const read = textIn(word);
      assert.ok(read === undefined || textWord(read).every((each, i) => each === word[i]));
    }),
  );
});

const u = (max: number) => fc.nat({ max });
const hint: fc.Arbitrary<ExecutionHint> = fc.oneof(
  fc.constantFrom<ExecutionHint>({ kind: 'none' }, { kind: 'always' }),
  u(2 ** 32 - 1).map((block): ExecutionHint => ({ kind: 'from-block', block })),
  fc.tuple(u(31), u(31), u(255)).map(([a, b, slot]): ExecutionHint => {
    const [logSlot, logRound] = [Math.min(a, b), Math.max(a, b)];
    return { kind: 'slot', logRound, logSlot, slot: slot % Math.min(256, 2 ** (logRound - logSlot)) };
  }),
);

test('hints are elements', () => {
  fc.assert(fc.property(hint, (each) => assert.deepEqual(hintIn(hintElement(each)), each)));
  fc.assert(fc.property(felt, (element) => assert.equal(hintElement(hintIn(element)), element)));
  assert.equal(hintElement({ kind: 'from-block', block: 9 }), 0x902n);
  assert.equal(hintElement({ kind: 'slot', logRound: 10, logSlot: 7, slot: 1 }), 0x0a070103n);
  for (const element of [4n, 0x100n, 0x101n, (1n << 40n) | 2n, 0x0a070803n, 0x200003n, MODULUS - 1n])
    assert.deepEqual(hintIn(element), { kind: 'unknown', element });
  for (const bad of [
    { kind: 'from-block', block: 2 ** 32 },
    { kind: 'from-block', block: -1 },
    { kind: 'slot', logRound: 32, logSlot: 0, slot: 0 },
    { kind: 'slot', logRound: 3, logSlot: 4, slot: 0 },
    { kind: 'slot', logRound: 3, logSlot: 1, slot: 4 },
  ] as const)
    assert.throws(() => hintElement(bad), ProtocolError);
});

test('when a note can be consumed, as far as its maker says', () => {
  const slot = { kind: 'slot', logRound: 10, logSlot: 7, slot: 1 } as const;
  for (const [block, expected] of [
    [127, false],
    [128, true],
    [255, true],
    [256, false],
    [1152, true],
    [1280, false],
  ] as const)
    assert.equal(isConsumable(slot, block), expected);
  assert.equal(isConsumable({ kind: 'from-block', block: 5 }, 4), false);
  assert.equal(isConsumable({ kind: 'from-block', block: 5 }, 5), true);
  assert.equal(isConsumable({ kind: 'always' }, 0), true);
  for (const none of [{ kind: 'none' }, { kind: 'unknown', element: 9n }] as const)
    assert.equal(isConsumable(none, 0), undefined);
});
