import { buildAuxTrace } from '../../../core/air/aux-trace.ts';
import { defineAir } from '../../../core/air/define.ts';
import { ExprGraph } from '../../../core/air/expr.ts';
import { withHiddenSum } from '../../../core/air/hidden-sum.ts';
import { lookupColumn } from '../../../core/air/lookup.ts';
import type { Air } from '../../../core/air/types.ts';
import * as F from '../../../core/field/felt.ts';
import * as Q from '../../../core/field/quad.ts';
import * as D from './dual.ts';
import { movedLookups } from './lookup.ts';
import type { Challenges, Instance, Witness } from './system.ts';

/** A statement with a family of witnesses: one of them, and directions in which all constraints stay true. */
export interface Toy {
  readonly instances: readonly Instance[];
  readonly witness: Witness;
  readonly directions: readonly Witness[];
}

/** Deterministic, uniform enough: challenges, masks and private inputs of the tests. */
export function generator(seed: bigint): () => F.Felt {
  let state = F.felt(seed * 0x9e37_79b9_7f4a_7c15n + 1n);
  return () => {
    state = F.add(F.mul(F.pow(state, 5n), 0x2545_f491_4f6c_dd1dn), 0x1234_5678_9abc_def1n);
    return state;
  };
}

const BUS = 0;

/** Sends u of every row; p = u^9; a running sum of u v^8 ends in a public value; w is free. */
function sender(): Air {
  const g = new ExprGraph();
  const [u, v, p, s, w, k] = [0, 1, 2, 3, 4, 5].map((c) => g.main(c));
  const power = (x: typeof u, e: number) =>
    Array.from({ length: e - 1 }, () => x).reduce((a, b) => a.mul(b), x);
  const message = g.busPrefix(BUS).add(g.betaPower(1).mul(u)).add(g.betaPower(2).mul(p));
  return defineAir({
    name: 'sender',
    graph: g,
    mainWidth: 6,
    publicCount: 1,
    periodic: [[1n, 2n, 3n, 5n]],
    constraints: [
      { name: 'sender/power', expr: p.sub(power(u, 9)) },
      { name: 'sender/start', expr: g.isFirst().mul(s) },
      {
        name: 'sender/sum',
        expr: g.isTransition().mul(
          g
            .main(3, 1)
            .sub(s)
            .sub(u.mul(power(v, 8))),
        ),
      },
      { name: 'sender/end', expr: g.isLast().mul(s.sub(g.public(0))) },
      { name: 'sender/product', expr: k.sub(w.mul(g.main(4, 1)).mul(g.periodic(0))) },
    ],
    lookups: [lookupColumn(g, 'send', (column) => column.group((group) => group.remove(g.lift(1), message)))],
  });
}

/** Takes a value and its ninth power on the rows it marks; others hold anything; t and x are free but for their tie. */
function taker(): Air {
  const g = new ExprGraph();
  const [u, p, mark, t, x, y] = [0, 1, 2, 3, 4, 5].map((c) => g.main(c));
  const message = g.busPrefix(BUS).add(g.betaPower(1).mul(u)).add(g.betaPower(2).mul(p));
  const eighth = [t, t, t, t, t, t, t].reduce((a, b) => a.mul(b), t);
  return defineAir({
    name: 'taker',
    graph: g,
    mainWidth: 6,
    constraints: [
      { name: 'taker/mark', expr: mark.mul(mark.not()) },
      { name: 'taker/tie', expr: x.sub(t.mul(eighth)) },
      { name: 'taker/next', expr: g.isTransition().mul(y.sub(g.main(3, 1).mul(u))) },
    ],
    lookups: [lookupColumn(g, 'take', (column) => column.group((group) => group.add(mark, message)))],
  });
}

type DualTrace = readonly (readonly D.Dual[])[];
const values = (trace: DualTrace) => trace.map((column) => BigUint64Array.from(column, (d) => d.value));
const slopes = (trace: DualTrace) => trace.map((column) => BigUint64Array.from(column, (d) => d.slope));

/**
 * Two lifted AIRs of degree 9 with twelve main columns, LogUp sums that depend on the witness, and free private inputs in
 * every row, drawn from `seed`; the public value is the sender's final sum.
 */
export function wideToy(
  logs: readonly [number, number],
  challenges: Challenges,
  hidden: boolean,
  seed = 7n,
): Toy {
  const [small, tall] = logs.map((log) => 2 ** log);
  const input = generator(seed);
  const free = Array.from({ length: 4 * tall + 8 * small }, () => input());
  // Along every direction the first row's u makes up for what the others add to the public sum.
  const fill = (slope: (i: number) => F.Felt): [DualTrace, DualTrace] => {
    let next = 0;
    const take = () => D.dual(free[next], slope(next++));
    const column = (count: number) => Array.from({ length: count }, take);
    const [v, w] = [column(small), column(small)];
    const rest = column(small - 1);
    const added = (u: readonly D.Dual[], from: number) =>
      u.slice(0, -1).reduce((sum, each, i) => D.add(sum, D.mul(each, D.pow(v[i + from], 8))), D.dual(0n));
    const others = added(rest, 1);
    const u0 = D.mul(D.add(D.dual(PUBLIC_SUM), D.mul(D.dual(F.neg(1n)), others)), inverse(D.pow(v[0], 8)));
    const u = [u0, ...rest];
    const p = u.map((each) => D.pow(each, 9));
    const s: D.Dual[] = [D.dual(0n)];
    for (let i = 0; i + 1 < small; i++) s.push(D.add(s[i], D.mul(u[i], D.pow(v[i], 8))));
    const k = w.map((each, i) => D.mul(D.mul(each, w[(i + 1) % small]), D.dual([1n, 2n, 3n, 5n][i % 4])));

    const spare = column(tall - small);
    const taken = [...u, ...spare];
    const t = column(tall);
    const spareY = take();
    const mark = taken.map((_, i) => D.dual(i < small ? 1n : 0n));
    const y = taken.map((each, i) => (i + 1 < tall ? D.mul(t[i + 1], each) : spareY));
    const takenPowers = [...p, ...column(tall - small)];
    return [
      [u, v, p, s, w, k],
      [taken, takenPowers, mark, t, t.map((each) => D.pow(each, 9)), y],
    ];
  };
  const airs = [sender(), taker()].map((air) => (hidden ? withHiddenSum(air) : air));
  const instances = airs.map(
    (air, i): Instance => ({
      air,
      logHeight: logs[i],
      publicValues: air.name === 'sender' ? [PUBLIC_SUM] : [],
      preprocessed: [],
    }),
  );
  const base = fill(() => 0n);
  const witness: Witness = witnessOf(instances, base.map(values), challenges);
  const directions = Array.from({ length: 12 }, (_, seed) => {
    const random = generator(BigInt(100 + seed));
    return directionOf(
      instances,
      fill(() => random()),
      challenges,
    );
  });
  return { instances, witness, directions };
}

const PUBLIC_SUM = 123_456_789n;

const inverse = ({ value, slope }: D.Dual): D.Dual => {
  const i = F.inv(value);
  return D.dual(i, F.neg(F.mul(slope, F.mul(i, i))));
};

/** A whole witness from main columns: the LogUp columns by the prover's own code. */
function witnessOf(
  instances: readonly Instance[],
  mains: readonly (readonly BigUint64Array[])[],
  challenges: Challenges,
): Witness {
  const built = instances.map(({ air }, i) => {
    const main = mains[i];
    const height = main[0].length;
    const data = new BigUint64Array(main.length * height);
    main.forEach((column, c) => {
      data.set(column, c * height);
    });
    if (air.lookups.length === 0) return { aux: [], sum: Q.ZERO };
    const { matrix, sigma } = buildAuxTrace(air, {
      main: { width: main.length, height, rows: height, data },
      challenges: challenges.lookup,
    });
    const aux = Array.from({ length: matrix.width }, (_, c) =>
      matrix.data.slice(c * height, (c + 1) * height),
    );
    return { aux, sum: sigma };
  });
  return {
    traces: built.map(({ aux }, i) => ({ main: mains[i], aux })),
    sums: built.map(({ sum }) => sum),
  };
}

function directionOf(
  instances: readonly Instance[],
  traces: readonly DualTrace[],
  challenges: Challenges,
): Witness {
  const moved = instances.map((instance, i) =>
    movedLookups(instance, values(traces[i]), slopes(traces[i]), challenges.lookup),
  );
  return {
    traces: traces.map((trace, i) => ({ main: slopes(trace), aux: moved[i].aux })),
    sums: moved.map(({ sum }) => sum),
  };
}

/** The narrowest AIR on which no mask has slack: both columns are read in the next row, and nothing else is there. */
function recurrence(): Air {
  const g = new ExprGraph();
  const [a, b] = [g.main(0), g.main(1)];
  const eighth = [a, a, a, a, a, a, a].reduce((x, y) => x.mul(y), a);
  const step = (column: number, body: typeof a) => g.isTransition().mul(g.main(column, 1).sub(body));
  const constraints = [
    { name: 'recurrence/a', expr: step(0, eighth.mul(b)) },
    { name: 'recurrence/b', expr: step(1, a.add(b.mul(b))) },
  ];
  return {
    name: 'recurrence',
    graph: g,
    mainWidth: 2,
    auxWidth: 0,
    preprocessedWidth: 0,
    publicCount: 0,
    periodic: [],
    constraints,
    lookups: [],
    hiddenSum: false,
    maxDegree: 9,
  };
}

/** One AIR of two columns and no lookups; the two numbers it starts from are the witness. */
export function narrowToy(
  log: number,
  challenges: Challenges,
  start: readonly [F.Felt, F.Felt] = [3n, 5n],
): Toy {
  const fill = (slopes: readonly [F.Felt, F.Felt]): DualTrace => {
    const [a, b] = [[D.dual(start[0], slopes[0])], [D.dual(start[1], slopes[1])]];
    for (let i = 0; i + 1 < 2 ** log; i++) {
      a.push(D.mul(D.pow(a[i], 8), b[i]));
      b.push(D.add(a[i], D.mul(b[i], b[i])));
    }
    return [a, b];
  };
  const instances: Instance[] = [{ air: recurrence(), logHeight: log, publicValues: [], preprocessed: [] }];
  return {
    instances,
    witness: witnessOf(instances, [values(fill([0n, 0n]))], challenges),
    directions: [[1n, 0n] as const, [0n, 1n] as const].map((slopes) =>
      directionOf(instances, [fill(slopes)], challenges),
    ),
  };
}
