import { inv, mul } from '../../field/felt.ts';
import { storeFelt } from '../../field/lanes.ts';
import * as Q from '../../field/quad.ts';
import { ExecutionError } from '../errors.ts';
import type { MachineState, Operate } from '../state.ts';
import { elementAt } from './fail.ts';

/**
 * FRIE2F4: folds four values of a FRI layer, on a coset of order 4, into one. It runs a few hundred times in a
 * recursive verifier, so it works on scalar elements (miden-processor 1.0.0-rc.0, src/execution/operations/fri_ops).
 */

const TWO_INVERSE = 0x7fff_ffff_8000_0001n;
/** Powers of the inverse of the generator of order 4. */
const TAU_INVERSE = [1n, 18446462594437873665n, 18446744069414584320n, 281474976710656n];
/** Row of the layer in which each coset member stands: bit-reversed. */
const ROW = [0, 2, 1, 3];

const quadAt = (s: MachineState, i: number): Q.QuadFelt => [elementAt(s, i), elementAt(s, i + 1)];

const fold = (value: Q.QuadFelt, opposite: Q.QuadFelt, point: Q.QuadFelt): Q.QuadFelt =>
  Q.mulBase(Q.add(Q.add(value, opposite), Q.mul(Q.sub(value, opposite), point)), TWO_INVERSE);

function fail(message: string): never {
  throw new ExecutionError('fri', message);
}

/** [q0, q2, q1, q3, position, coset, poe, previous value, alpha, pointer]; one element less afterwards. */
export const frie2f4: Operate = (s) => {
  const rows = [0, 2, 4, 6].map((i) => quadAt(s, i));
  const position = elementAt(s, 8);
  const cosetElement = elementAt(s, 9);
  const poe = elementAt(s, 10);
  const previous = quadAt(s, 11);
  const alpha = quadAt(s, 13);
  if (cosetElement > 3n) fail(`A coset of order 4 has no member ${cosetElement}.`);
  if (poe === 0n) fail('The power of the domain generator must not be zero.');
  const coset = Number(cosetElement);
  if (!Q.equal(rows[ROW[coset]], previous)) fail('The layer does not hold the value folded before.');

  const x = mul(poe, TAU_INVERSE[coset]);
  const xInverse = inv(x);
  const ev = Q.mulBase(alpha, xInverse);
  const es = Q.mul(ev, ev);
  const [q0, q2, q1, q3] = rows;
  const fold0 = fold(q0, q2, ev);
  const fold1 = fold(q1, q3, Q.mulBase(ev, TAU_INVERSE[1]));
  const folded = fold(fold0, fold1, es);
  const poe2 = mul(poe, poe);
  const next = (elementAt(s, 15) + 8n) % 0xffff_ffff_0000_0001n;

  [ev[0], ev[1], es[0], es[1], x, xInverse].forEach((value, i) => {
    storeFelt(s.helpers, 2 * i, value);
  });
  s.helped = true;
  const flags = [1, 2, 3].map((member) => (member === coset ? 1n : 0n));
  const result = [...fold0, ...fold1, ...flags, poe2, next, next, mul(poe2, poe2), position, ...folded, next];
  s.stack.drop();
  result.forEach((value, i) => {
    storeFelt(s.stack.lanes, s.stack.top - 2 - 2 * i, value);
  });
};
