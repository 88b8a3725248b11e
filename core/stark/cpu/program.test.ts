import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPool } from '../../../test/cpu-pool.ts';
import { buildAuxTrace } from '../../air/aux-trace.ts';
import { type Assignment, Evaluator } from '../../air/evaluate.ts';
import { midenAirs } from '../../air/miden.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import * as Q from '../../field/quad.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import { selectorsAt } from '../domain.ts';
import { reverseBits } from '../order.ts';
import { buildLookup } from './lookup.ts';
import { constraintTask, LoadedProgram, programsOf, writeTilePowers } from './program.ts';

const pool = await testPool(2);

let seed = 1n;
const random = () => {
  seed = BigInt.asUintN(64, seed * 0x5851_f42d_4c95_7f2dn + 0x1405_7b7e_f767_814fn);
  return (seed ^ (seed >> 29n)) % F.MODULUS;
};
const quad = (): Q.QuadFelt => [random(), random()];

/** Random columns in kernel memory. */
function columns(width: number, height: number) {
  const address = pool.allocate(8 * width * height);
  const data = BigUint64Array.from({ length: width * height }, random);
  pool.words(address, data.length).set(data);
  return { address, stride: 8 * height, data };
}

const challenges = [quad(), quad()] as const;
const binding = (air: Air) => ({
  public: Array.from({ length: air.publicCount }, random),
  auxValues: [quad()],
  challenges,
});

for (const air of midenAirs()) {
  for (const logHeight of [6, 11]) {
    test(`${air.name}: folded constraints of 2^${logHeight} coset points equal the reference`, async () => {
      const height = 2 ** logHeight;
      const shift = F.pow(7n, 11n);
      const main = columns(air.mainWidth, height);
      const aux = columns(2 * air.auxWidth, height);
      const fixed = columns(air.preprocessedWidth, height);
      const periodic = air.periodic.map((values) => columns(1, values.length));
      const matrices = {
        main,
        aux,
        preprocessed: fixed,
        periodic: periodic.map(({ address, data }) => ({ address, logLength: Math.log2(data.length) })),
      };
      const given = binding(air);
      const alpha = quad();
      const count = air.constraints.length;
      const fold = Array.from({ length: count }, (_, k) => Q.pow(alpha, BigInt(count - 1 - k)));
      const program = new LoadedProgram(pool, programsOf(air).constraints, given, fold);
      const out = columns(2, height);
      const block = { logHeight, log: logHeight, shift };
      await pool.run([constraintTask(program, matrices, block, writeTilePowers(pool), out)]);
      const result = pool.words(out.address, 2 * height);

      const evaluator = new Evaluator(
        air.graph,
        air.constraints.map((c) => c.expr),
      );
      const inverse = F.inv(F.sub(F.pow(shift, BigInt(height)), 1n));
      for (const q of [0, 1, 2, 31, 32, height / 2, height - 32, height - 2, height - 1]) {
        const row = reverseBits(q, logHeight);
        const next = reverseBits((row + 1) % height, logHeight);
        const y = Q.fromBase(F.mul(shift, F.pow(F.rootOfUnity(logHeight), BigInt(row))));
        const cells = (m: { data: BigUint64Array }, at: number) =>
          Array.from({ length: m.data.length / height }, (_, c) => m.data[c * height + at]);
        const pairs = (flat: bigint[]) =>
          Array.from({ length: flat.length / 2 }, (_, i): Q.QuadFelt => [flat[2 * i], flat[2 * i + 1]]);
        const selectors = selectorsAt(y, logHeight);
        const at: Assignment = {
          main: [cells(main, q), cells(main, next)],
          aux: [pairs(cells(aux, q)), pairs(cells(aux, next))],
          preprocessed: [cells(fixed, q), cells(fixed, next)],
          periodic: periodic.map(({ data }) => data[row % data.length]),
          ...given,
          isFirst: selectors.first,
          isLast: selectors.last,
          isTransition: selectors.transition,
        };
        const folded = evaluator.evaluate(at).reduce((acc, c) => Q.add(Q.mul(acc, alpha), c), Q.ZERO);
        assert.deepEqual([result[q], result[height + q]], [...Q.mulBase(folded, inverse)], `row ${q}`);
      }
    });
  }

  test(`${air.name}: LogUp columns equal the reference`, async () => {
    const height = 128;
    const matrix = (width: number): TraceMatrix & { address: number; stride: number } => ({
      ...columns(width, height),
      width,
      height,
      rows: height,
    });
    const main = matrix(air.mainWidth);
    const preprocessed = matrix(air.preprocessedWidth);
    const publicValues = Array.from({ length: air.publicCount }, random);
    const reference = buildAuxTrace(air, { main, preprocessed, publicValues, challenges });
    const aux = columns(2 * air.auxWidth, height);
    const job = { air, logHeight: 7, publicValues, main, preprocessed, aux };
    assert.deepEqual(await buildLookup(pool, job, challenges, {}), reference.sigma);
    assert.deepEqual(pool.words(aux.address, 2 * air.auxWidth * height).slice(), reference.matrix.data);
  });
}
