import { defineAir } from '../../../core/air/define.ts';
import { ExprGraph } from '../../../core/air/expr.ts';
import { lookupColumn } from '../../../core/air/lookup.ts';
import type { Air } from '../../../core/air/types.ts';
import * as Q from '../../../core/field/quad.ts';
import type { Instance } from '../../../core/stark/backend.ts';
import { midenProfile, type Profile, privateProfile } from '../../../core/stark/profile.ts';
import type { Statement } from '../../../core/stark/statement.ts';
import type { TraceMatrix } from '../../../core/vm/trace/types.ts';

const LOG_HOLDER = 5;
const LOG_COUNTER = 4;
const BUS = 0;
export const LOG_LEAVES = LOG_HOLDER + 3;

/** Secret values, their cubes, their running sum, and a secret that never changes; each value is asked for on the bus. */
function holder(): Air {
  const g = new ExprGraph();
  const [value, cube, sum, secret] = [0, 1, 2, 3].map((c) => g.main(c));
  const message = g.busPrefix(BUS).add(g.betaPower(1).mul(value));
  return defineAir({
    name: 'holder',
    graph: g,
    mainWidth: 4,
    constraints: [
      { name: 'holder/cube', expr: cube.sub(value.mul(value).mul(value)) },
      { name: 'holder/first', expr: g.isFirst().mul(sum) },
      { name: 'holder/secret', expr: g.main(3, 1).sub(secret) },
      { name: 'holder/sum', expr: g.isTransition().mul(g.main(2, 1).sub(sum).sub(value)) },
    ],
    lookups: [
      lookupColumn(g, 'asked', (column) => column.group((group) => group.remove(g.lift(1), message))),
    ],
  });
}

/** Which values there are, and how often each was asked for. */
function counter(): Air {
  const g = new ExprGraph();
  const message = g.busPrefix(BUS).add(g.betaPower(1).mul(g.main(0)));
  return defineAir({
    name: 'counter',
    graph: g,
    mainWidth: 2,
    constraints: [],
    lookups: [
      lookupColumn(g, 'given', (column) =>
        column.group((group) => group.insert(g.lift(1), g.main(1), message)),
      ),
    ],
  });
}

const AIRS = [holder(), counter()];

/** The statement: that the prover knows some values. All witnesses prove it. */
export const STATEMENT: Statement = {
  relationDigest: [1n, 2n, 3n, 5n],
  observed: [],
  boundary: () => Q.ZERO,
};

/** The traces of a witness: 32 of the sixteen values from `base` on, small numbers that lie close together. */
export function witness(base: number): Instance[] {
  const height = 2 ** LOG_HOLDER;
  const values = Array.from({ length: height }, (_, r) => BigInt(base + ((r * r + r) % 2 ** LOG_COUNTER)));
  let sum = 0n;
  const sums = values.map((value) => (sum += value) - value);
  const given = Array.from({ length: 2 ** LOG_COUNTER }, (_, i) => BigInt(base + i));
  const counts = given.map((each) => BigInt(values.filter((value) => value === each).length));
  const held = [values, values.map((v) => v ** 3n), sums, values.map(() => BigInt(base))];
  return [held, [given, counts]].map((columns, i) => {
    const [{ length: rows }] = columns;
    const data = BigUint64Array.from(columns.flat());
    const matrix: TraceMatrix = { width: columns.length, height: rows, rows, data };
    return { air: AIRS[i], logHeight: Math.log2(rows), trace: { kind: 'matrix', matrix }, publicValues: [] };
  });
}

/** What the verifier must be given. */
export const VERIFICATION = { airs: AIRS as readonly Air[], publicValues: [[], []], statement: STATEMENT };

/** As little as hides two queries; and no work, which nothing here is about. */
export const HIDING: Profile = {
  ...privateProfile('blake3'),
  logFinalDegree: 1,
  numQueries: 2,
  queryPowBits: 0,
  deepPowBits: 0,
  foldingPowBits: 0,
  slack: 64,
  maskLength: 10,
  blinderLength: 6,
  heightClasses: [],
};

/** The same without anything that hides. */
export const OPEN: Profile = {
  ...midenProfile('blake3'),
  logFinalDegree: 1,
  numQueries: 2,
  queryPowBits: 0,
  deepPowBits: 0,
  foldingPowBits: 0,
};
