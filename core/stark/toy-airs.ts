import { defineAir } from '../air/define.ts';
import { Challenges } from '../air/evaluate.ts';
import { ExprGraph } from '../air/expr.ts';
import { lookupColumn } from '../air/lookup.ts';
import type { Air, Constraint } from '../air/types.ts';
import * as F from '../field/felt.ts';
import * as Q from '../field/quad.ts';
import type { TraceMatrix } from '../vm/trace/types.ts';
import type { Digest, Instance } from './backend.ts';
import { type Profile, type ProofHash, privateProfile } from './profile.ts';
import type { Statement } from './statement.ts';

/**
 * A small proof system's worth of AIRs for tests: three heights, base and extension constraints of degree 9 and 3,
 * periodic and fixed columns, public values, a bus between AIRs and a message only the verifier answers.
 */
const VALUES = 0;
const PUBLIC = 1;
const TABLE_LOG = 6;

function matrix(height: number, columns: readonly (readonly F.Felt[])[]): TraceMatrix {
  const data = new BigUint64Array(columns.length * height);
  for (const [c, column] of columns.entries()) data.set(BigUint64Array.from(column), c * height);
  return { width: columns.length, height, rows: height, data };
}

/** A Fibonacci walk under a periodic tint, a ninth power, and every row a value from the table. */
function walker(): Air {
  const g = new ExprGraph();
  const [x, y, v, ninth] = [0, 1, 2, 3].map((c) => g.main(c));
  const tint = g.periodic(0);
  const step = g.isTransition();
  const power = Array.from({ length: 8 }, () => v).reduce((p, f) => p.mul(f), v);
  const base: Constraint[] = [
    { name: 'walker/first', expr: g.isFirst().mul(x.sub(g.public(0))) },
    { name: 'walker/x', expr: step.mul(g.main(0, 1).sub(y)) },
    { name: 'walker/y', expr: step.mul(g.main(1, 1).sub(x).sub(y.mul(tint))) },
    { name: 'walker/last', expr: g.isLast().mul(y.sub(g.public(1))) },
    { name: 'walker/ninth', expr: ninth.sub(power) },
  ];
  const message = (bus: number, value = v) => g.busPrefix(bus).add(g.betaPower(1).mul(value));
  const lookups = [
    lookupColumn(g, 'values', (column) => column.group((group) => group.remove(g.lift(1), message(VALUES)))),
    lookupColumn(g, 'public', (column) =>
      // Row 0 is the only one whose marker is set.
      column.group((group) => group.add(g.main(4), message(PUBLIC, x))),
    ),
  ];
  base.push(
    { name: 'walker/marker', expr: g.isFirst().mul(g.main(4).not()) },
    { name: 'walker/unmarked', expr: step.mul(g.main(4, 1)) },
  );
  return defineAir({
    name: 'walker',
    graph: g,
    mainWidth: 5,
    publicCount: 2,
    periodic: [[1n, 2n, 3n, 5n]],
    constraints: base,
    lookups,
  });
}

/** Takes each row's value twice, once under each of two flags that never meet. */
function picker(): Air {
  const g = new ExprGraph();
  const [v, flag] = [g.main(0), g.main(1)];
  const message = (value = v) => g.busPrefix(VALUES).add(g.betaPower(1).mul(value));
  const lookups = [
    lookupColumn(g, 'both', (column) => {
      column.group((group) => {
        group.remove(flag, message());
        group.batch(flag.not(), (batch) => batch.remove(message(g.main(0, 1))));
      });
    }),
  ];
  return defineAir({
    name: 'picker',
    graph: g,
    mainWidth: 2,
    periodic: [
      [0n, 1n],
      [1n, 0n, 0n, 0n, 0n, 0n, 0n, 1n],
    ],
    constraints: [
      { name: 'picker/flag', expr: flag.mul(flag.not()).mul(g.periodic(1)) },
      { name: 'picker/phase', expr: flag.sub(g.periodic(0)) },
    ],
    lookups,
  });
}

/** The fixed table 0 .. 63 of squares, with how often each is asked for. */
function table(): Air {
  const g = new ExprGraph();
  const message = g.busPrefix(VALUES).add(g.betaPower(1).mul(g.preprocessed(1)));
  const lookups = [
    lookupColumn(g, 'squares', (column) =>
      column.group((group) => group.insert(g.lift(1), g.main(0), message)),
    ),
  ];
  const square = g.preprocessed(0).mul(g.preprocessed(0)).sub(g.preprocessed(1));
  return defineAir({
    name: 'table',
    graph: g,
    mainWidth: 1,
    preprocessedWidth: 2,
    constraints: [{ name: 'table/square', expr: square }],
    lookups,
  });
}

/**
 * The private profile with little to hide and so little to do: four queries, few random coefficients, heights of 2^7 and
 * up for the walk, of 2^6 for the others, in any combination. As much slack as there can be.
 */
export const toyPrivateProfile = (hash: ProofHash): Profile => ({
  ...privateProfile(hash),
  numQueries: 4,
  queryPowBits: 4,
  deepPowBits: 3,
  foldingPowBits: 2,
  slack: 64,
  maskLength: 14,
  blinderLength: 8,
  heightClasses: [],
});

export interface Toy {
  readonly instances: readonly Instance[];
  readonly statement: Statement;
}

/**
 * An honest statement over the three AIRs: the walk has 2^walkLog rows (at least 4), the picks 2^pickLog (at least 8),
 * the table 2^6. The same object every time it is asked for with the same argument is not promised.
 */
export function toy(walkLog: number, pickLog = 6): Toy {
  const height = 2 ** walkLog;
  const counts = new Array<F.Felt>(2 ** TABLE_LOG).fill(0n);
  const pick = (seed: number): F.Felt => {
    const i = (seed * 37 + (seed >> 3)) % counts.length;
    counts[i]++;
    return BigInt(i * i);
  };

  const walk: F.Felt[][] = [[], [], [], [], []];
  let [x, y] = [3n, F.felt(-4)];
  for (let r = 0; r < height; r++) {
    const v = pick(r);
    for (const [c, value] of [x, y, v, F.pow(v, 9n), r === 0 ? 1n : 0n].entries()) walk[c].push(value);
    [x, y] = [y, F.add(x, F.mul(y, [1n, 2n, 3n, 5n][r % 4]))];
  }
  const picks = Array.from({ length: 2 ** pickLog }, (_, r) => BigInt(((r * 11) % 64) ** 2));
  // A row with flag 0 takes the next row's value, a row with flag 1 its own.
  for (const r of picks.keys()) counts[Math.sqrt(Number(picks[r % 2 === 0 ? (r + 1) % picks.length : r]))]++;

  const squares = Array.from({ length: counts.length }, (_, i) => BigInt(i * i));
  const [first, last] = [3n, walk[1][height - 1]];
  const source = (trace: TraceMatrix) => ({ kind: 'matrix', matrix: trace }) as const;
  return {
    instances: [
      {
        air: table(),
        logHeight: TABLE_LOG,
        trace: source(matrix(counts.length, [counts])),
        publicValues: [],
        preprocessed: matrix(counts.length, [squares.map((_, i) => BigInt(i)), squares]),
      },
      { air: walker(), logHeight: walkLog, trace: source(matrix(height, walk)), publicValues: [first, last] },
      {
        air: picker(),
        logHeight: pickLog,
        trace: source(matrix(picks.length, [picks, picks.map((_, r) => BigInt(r % 2))])),
        publicValues: [],
      },
    ],
    statement: {
      relationDigest: [1n, 2n, 3n, 4n],
      observed: [first, last],
      boundary(challenges) {
        const [alpha, beta] = challenges;
        const message = Q.add(new Challenges(alpha, beta).busPrefix(PUBLIC), Q.mulBase(beta, first));
        return Q.neg(Q.inv(message));
      },
    },
  };
}

/** What the verifier must be given for a toy, besides the profile and the proof. */
export const toyVerification = ({ instances, statement }: Toy, preprocessed: Digest) => ({
  airs: instances.map((i) => i.air),
  publicValues: instances.map((i) => i.publicValues),
  statement,
  preprocessed,
});
