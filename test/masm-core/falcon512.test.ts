import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Felt, felt, inv } from '../../core/field/felt.ts';
import type { Word } from '../../core/hash/word.ts';
import { FALCON_Q, falconKeyCommitment, hashToPoint } from '../../core/protocol/auth/falcon512.ts';
import { readFalconSignature } from '../../core/protocol/auth/falcon512-format.ts';
import {
  adviceOf,
  type FalconWitness,
  falconAdvice,
  falconWitness,
} from '../../core/protocol/auth/falcon512-witness.ts';
import { buildTraces } from '../../core/vm/execute.ts';
import { cyclesOf, run, top, traps } from './harness.ts';

const { keys } = JSON.parse(readFileSync(new URL('../vectors/falcon.json', import.meta.url), 'utf8')) as {
  keys: { commitment: string[]; signatures: { message: string[]; signature: string }[] }[];
};
const word = (values: readonly string[]): Word => values.map(BigInt) as unknown as Word;
const official = keys.flatMap(({ signatures }) =>
  signatures.map((each) => ({
    message: word(each.message),
    signature: readFalconSignature(Uint8Array.from(Buffer.from(each.signature, 'hex'))),
  })),
);
const [{ message, signature }] = official;
const key = falconKeyCommitment(signature.publicKey);
const witness = falconWitness(signature, message);

const VERIFY = 'exec.falcon512::verify';
const Q = BigInt(FALCON_Q);

/** Runs `verify` on `advice`: it must stop, and say why. */
function refused(advice: readonly Felt[], why: string, stack: readonly Felt[] = [...key, ...message]): void {
  const inputs = { stack, advice: { stack: advice } };
  traps(VERIFY, inputs);
  assert.throws(
    () => run(VERIFY, inputs),
    (error: Error & { details: string }) => {
      assert.ok(`${error.message} ${error.details}`.includes(why), `${error.message} ${error.details}`);
      return true;
    },
  );
}

/** The witness with other elements, and a point drawn from it as a liar would. */
const lie = (changes: Partial<FalconWitness>): Felt[] =>
  adviceOf(signature, message, { ...witness, ...changes });
const plus = (poly: readonly Felt[], at: number, value: bigint): Felt[] =>
  poly.map((x, i) => (i === at ? felt(x + value) : x));

test('official signatures hold, and nothing below them on the stack is touched', () => {
  for (const each of official) {
    const stack = [...falconKeyCommitment(each.signature.publicKey), ...each.message, 77n];
    const advice = { stack: [...falconAdvice(each.signature, each.message), 88n] };
    assert.deepEqual(top(2, `${VERIFY} adv_push`, { stack, advice }), [88n, 77n]);
  }
});

test('it takes about 8500 cycles and 680 compressions, its own code included', () => {
  const inputs = { stack: [...key, ...message], advice: { stack: falconAdvice(signature, message) } };
  const measured = cyclesOf(VERIFY, inputs);
  assert.ok(measured > 8250 && measured < 8750, `${measured} cycles`);
  const [withIt, without] = [VERIFY, ''].map((body) => buildTraces(run(body, inputs)).eidos.count);
  assert.ok(withIt - without > 650 && withIt - without < 700, `${withIt - without} compressions`);
});

test('wrong message', () => {
  const other = official[1].message;
  assert.notDeepEqual(other, message);
  refused(falconAdvice(signature, message), 'witness', [...key, ...other]);
  // The best witness for the other message: it is not short.
  refused(falconAdvice(signature, other), 'too long', [...key, ...other]);
});

test('wrong key', () => {
  const other = official.find((each) => each.signature.publicKey.h[0] !== signature.publicKey.h[0])!;
  const otherKey = falconKeyCommitment(other.signature.publicKey);
  refused(falconAdvice(signature, message), 'not the one committed to', [...otherKey, ...message]);
  const swapped = { ...signature, publicKey: other.signature.publicKey };
  refused(falconAdvice(swapped, message), 'not the one committed to');
  refused(falconAdvice(swapped, message), 'too long', [...otherKey, ...message]);
  for (const by of [1n, Q]) {
    refused(plus(falconAdvice(signature, message), 2, by), 'not the one committed to');
  }
});

test('norm: what is less than the bound holds, what reaches it does not', () => {
  // With s2 = 1, a key can be made for any s1.
  const s2 = Array.from({ length: 512 }, (_, i) => (i === 0 ? 1 : 0));
  const made = (s1: readonly number[]) => {
    const h = hashToPoint(message).map((c, i) => Number((c - BigInt(s1[i] ?? 0) + Q) % Q));
    return { s2, publicKey: { h } };
  };
  const longest = made([5833, 104, 4, 1, 1, 1]);
  const stack = [...falconKeyCommitment(longest.publicKey), ...message, 77n];
  assert.deepEqual(top(1, VERIFY, { stack, advice: { stack: falconAdvice(longest, message) } }), [77n]);
  const longer = made([5833, 104, 4, 1, 1, 1, 1]);
  refused(falconAdvice(longer, message), 'too long', [...falconKeyCommitment(longer.publicKey), ...message]);
});

test('a norm that is not that of the signature', () => {
  for (const by of [-1n, 1n]) {
    refused(lie({ lags: plus(witness.lags, 511, by) }), 'witness');
    refused(lie({ lags: plus(witness.lags, 17, by) }), 'witness');
  }
  // Negative, that is, near the modulus.
  refused(lie({ lags: plus(witness.lags, 511, -witness.lags[511] - inv(2n)) }), 'witness');
});

test('a wrong product', () => {
  refused(lie({ fold: plus(witness.fold, 3, 1n) }), 'witness');
  refused(lie({ fold: plus(witness.fold, 511, 1n) }), 'witness');
  refused(lie({ quotientLow: plus(witness.quotientLow, 3, 1n) }), 'witness');
  refused(lie({ quotientHigh: plus(witness.quotientHigh, 3, 1n) }), 'witness');
  refused(lie({ s1: plus(witness.s1, 3, 1n) }), 'witness');
  refused(lie({ s2: plus(witness.s2, 3, 1n) }), 'witness');
});

test('coefficients that are no 32-bit numbers', () => {
  for (const poly of ['s1', 's2', 'quotientHigh', 'quotientLow'] as const) {
    // Each of the eight that are asserted together, and the last of all.
    for (const at of [0, 1, 2, 3, 4, 5, 6, 7, 511]) {
      refused(lie({ [poly]: plus(witness[poly], at, 1n << 32n) }), '2^32');
    }
    refused(lie({ [poly]: plus(witness[poly], 5, -witness[poly][5] - 1n) }), '2^32');
  }
  // Another quotient that is equal in the field: a negative low part.
  refused(
    lie({
      quotientLow: plus(witness.quotientLow, 9, -(1n << 18n)),
      quotientHigh: plus(witness.quotientHigh, 9, 1n),
    }),
    '2^32',
  );
});

test('large coefficients, with which the norm could wrap around the modulus', () => {
  // s1 may differ by multiples of q, if the quotient does too.
  const by = 1n << 11n;
  const large = {
    s1: plus(witness.s1, 0, by * Q),
    quotientLow: plus(witness.quotientLow, 0, 1n << 18n).map((x, i) => (i === 0 ? felt(x - by) : x)),
    quotientHigh: plus(witness.quotientHigh, 0, -1n),
  };
  refused(lie(large), 'coefficients are too large');
  refused(lie({ s2: plus(witness.s2, 0, (1n << 32n) - 1n - witness.s2[0]) }), 'coefficients are too large');
});

test('a point that was not drawn from the witness', () => {
  const advice = falconAdvice(signature, message);
  for (const at of [0, 1]) refused(plus(advice, at, 1n), 'hash');
  // What was changed after the point was drawn.
  for (let poly = 1; poly < 7; poly++) refused(plus(advice, 2 + 512 * poly + 100, 1n), 'hash');
  traps(
    VERIFY,
    { stack: [...key, ...message], advice: { stack: [0n, 0n, ...advice.slice(2)] } },
    'division-by-zero',
  );
});

test('too little advice', () => {
  const advice = falconAdvice(signature, message);
  traps(
    VERIFY,
    { stack: [...key, ...message], advice: { stack: advice.slice(0, -1) } },
    'advice-stack-empty',
  );
});
