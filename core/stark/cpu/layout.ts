import type { Profile } from '../profile.ts';
import type { ProofShape, TreeShape } from '../shape.ts';
import { commitBytes } from './commit.ts';
import { friBytes } from './fri.ts';
import { lookupBytes } from './lookup.ts';
import { allocateTails, Matrix, type MatrixStorage, tailLength } from './matrix.ts';
import { outOfMemory, type Pool } from './pool.ts';
import type { QuotientPlan } from './quotient.ts';

/** Where the long-lived data of a proof lies: matrices in proof order, and room for their trees. */
export interface SessionLayout {
  readonly matrices: Readonly<Record<TreeName, readonly Matrix[]>>;
  readonly trees: Readonly<Record<TreeName, number>>;
  /** Whether some values are not kept but computed again. */
  readonly streaming: boolean;
}
export type TreeName = Exclude<TreeShape['name'], 'preprocessed'>;

/** Small things between the large: programs, constants, parameters. */
const SLACK = 8 * 2 ** 20;

/**
 * Decides what fits and allocates it. Extensions are kept whole if memory allows. If not, values pass block by block
 * through two windows (one for main or quotient matrices, one for aux), and only as many of the blocks that constraints
 * read again are kept as there is room for; coefficients and trees always stay. Throws `out-of-memory` before anything
 * is done if that is too much, too. Proofs are the same either way. `plans`: of all instances, instance
 * order. `phaseBytes`: what passing phases take.
 */
export function allocateLayout(
  pool: Pool,
  shape: ProofShape,
  { logBlowup, maskLength }: Profile,
  plans: readonly QuotientPlan[],
  phaseBytes: { readonly traces: number; readonly quotients: number },
): SessionLayout {
  const trees = shape.trees.filter((t): t is TreeShape & { name: TreeName } => t.name !== 'preprocessed');
  const matrices = trees.flatMap(({ name, matrices: list }) =>
    list.map(({ width, logHeight, instance }) => ({
      name,
      width,
      logHeight,
      block: 8 * width * 2 ** logHeight,
      /** Coefficients beyond the trace height. */
      beyond: instance === undefined ? shape.degreeBound - 2 ** shape.logMaxHeight : maskLength,
      /** Blocks that constraints read. */
      wanted: instance === undefined ? 0 : 2 ** plans[instance].logParts,
    })),
  );
  const heights = shape.order.map((i) => shape.logHeights[i]);
  const passing = Math.max(
    phaseBytes.traces + lookupBytes(heights),
    phaseBytes.quotients,
    friBytes(shape.logLde),
  );
  const lasting = trees.reduce((sum, t) => sum + commitBytes(t.logLeaves), 0);
  const blocks = 2 ** logBlowup;
  const coefficients = matrices.reduce((sum, m) => sum + m.block, 0);
  const tails = matrices.reduce((sum, m) => sum + 8 * m.width * tailLength(m.beyond), 0);
  let room = pool.available - SLACK - passing - lasting - coefficients - tails;

  const streaming = room < blocks * coefficients;
  const window = (names: readonly TreeName[]): number =>
    Math.max(...matrices.filter((m) => names.includes(m.name)).map((m) => m.block));
  const windowBytes = { main: window(['main', 'quotient']), aux: window(['aux']) };
  let kept = matrices.map(() => blocks);
  if (streaming) {
    room -= windowBytes.main + windowBytes.aux;
    if (room < 0) throw outOfMemory(pool.limit - room);
    kept = matrices.map(() => 0);
    const bySize = matrices.map((m, i) => ({ ...m, i })).sort((a, b) => a.block - b.block);
    for (const { i, block, wanted } of bySize) {
      kept[i] = Math.min(wanted, Math.floor(room / block));
      room -= kept[i] * block;
    }
  }
  const windows = streaming
    ? { main: pool.allocate(windowBytes.main), aux: pool.allocate(windowBytes.aux) }
    : undefined;
  const made = matrices.map((m, i) => {
    const storage: MatrixStorage = {
      coefficients: pool.allocate(m.block),
      tails: allocateTails(pool, m.width, m.beyond),
      kept: kept[i],
      values: pool.allocate(kept[i] * m.block),
      window: windows?.[m.name === 'aux' ? 'aux' : 'main'],
    };
    return { name: m.name, matrix: new Matrix(m, logBlowup, storage) };
  });
  const of = (name: TreeName) => made.filter((m) => m.name === name).map((m) => m.matrix);
  const tree = (name: TreeName) => pool.allocate(commitBytes(trees.find((t) => t.name === name)!.logLeaves));
  return {
    matrices: { main: of('main'), aux: of('aux'), quotient: of('quotient') },
    trees: { main: tree('main'), aux: tree('aux'), quotient: tree('quotient') },
    streaming,
  };
}
