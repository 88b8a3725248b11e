import { buildAuxTrace } from '../../../core/air/aux-trace.ts';
import { cosetValues, inverseNtt } from '../../../core/field/ntt.ts';
import { ldeShift } from '../../../core/stark/domain.ts';
import { leafHasher } from '../../../core/stark/lmcs/hasher.ts';
import { LiftedTree } from '../../../core/stark/lmcs/tree.ts';
import { missingSiblings, proofOrder, siblingOf } from '../../../core/stark/order.ts';
import type { TraceMatrix } from '../../../core/vm/trace/types.ts';
import { LOG_LEAVES } from './toy.ts';
import { type View, WITNESSES } from './view.ts';

/**
 * Who holds candidate witnesses and asks which of them a proof was made of: for each, whether what the proof would show if
 * it did not hide is in the proof.
 */
export type Distinguisher = (view: View) => readonly boolean[];

const LOG_BLOWUP = 3;
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function matrixOf(which: number, instance: number): TraceMatrix {
  const { trace } = WITNESSES[which][instance];
  if (trace.kind !== 'matrix') throw new TypeError('a toy has matrices');
  return trace.matrix;
}

/** Recomputes the LogUp sums under the proof's challenges and looks for them in its bytes. */
export const bySums: Distinguisher = ({ bytes, lookup }) => {
  const text = latin(bytes);
  return WITNESSES.map((instances, which) =>
    instances.some(({ air, publicValues }, i) => {
      const { sigma } = buildAuxTrace(air, { main: matrixOf(which, i), challenges: lookup, publicValues });
      return text.includes(latin(new Uint8Array(BigUint64Array.from(sigma).buffer)));
    }),
  );
};

/** The main tree over each candidate's traces, as it is without masks and salts. */
const plainTrees = await Promise.all(
  WITNESSES.map((instances, which) => {
    const matrices = proofOrder(instances.map((i) => i.logHeight)).map((instance) => {
      const { width, height, data } = matrixOf(which, instance);
      const logHeight = Math.log2(height);
      const columns = { width, logHeight: logHeight + LOG_BLOWUP, data: new BigUint64Array(8 * data.length) };
      for (let c = 0; c < width; c++) {
        const coefficients = data.slice(c * height, (c + 1) * height);
        inverseNtt(coefficients, logHeight);
        const out = columns.data.subarray(8 * c * height, 8 * (c + 1) * height);
        cosetValues(coefficients, logHeight, LOG_BLOWUP, ldeShift(columns.logHeight), out);
      }
      return columns;
    });
    return LiftedTree.build(leafHasher('blake3'), matrices);
  }),
);

/** Recomputes the leaves next to those that are opened, and compares with the digests on their paths. */
export const byLeaves: Distinguisher = ({ main }) =>
  plainTrees.map((tree) =>
    missingSiblings(main.leaves, LOG_LEAVES).some(
      ({ level, index }, i) =>
        level === 0 && latin(tree.siblings([siblingOf(index)])[0]) === latin(main.siblings[i]),
    ),
  );
