import type { ProofHash } from '../profile.ts';
import { SALT_WIDTH, type Stream } from '../randomness/stream.ts';
import type { Columns, RowView } from './columns.ts';
import type { Matrix } from './matrix.ts';
import type { Twiddles } from './ntt.ts';
import { absorbSalts } from './randomness.ts';
import { absorb, openStates, type States, Tree } from './tree.ts';
import type { Work } from './work.ts';

/** A tree with the matrices in its leaves. */
export interface Committed {
  readonly tree: Tree;
  readonly matrices: readonly Matrix[];
  /** Where the random elements that end each leaf come from. */
  readonly salt?: Stream | undefined;
}

/** Extends matrices of ascending height from their coefficients and hashes their rows into a tree, salted if `salt` is given. */
export async function commit(
  work: Work,
  twiddles: Twiddles,
  hash: ProofHash,
  matrices: readonly Matrix[],
  salt: Stream | undefined,
  onProgress: (fraction: number) => void,
): Promise<Committed> {
  const logLeaves = Math.max(...matrices.map((m) => m.logHeight + m.logBlowup));
  const leaves = Tree.leaves(work, logLeaves);
  const part = (i: number, fraction: number) => onProgress((0.9 * (i + fraction)) / matrices.length);
  const widths = matrices.map((m) => m.width);
  let states = openStates(work, hash, salt ? [...widths, SALT_WIDTH] : widths);
  for (const [i, matrix] of matrices.entries()) {
    const logRows = matrix.logHeight + matrix.logBlowup;
    // Two matrices of the full height need two buffers: a kernel does not absorb in place.
    const isLast = i === matrices.length - 1;
    const after: States = isLast ? leaves : { buffer: work.allocate(32 * 2 ** logRows), logRows };
    if (matrix.isResident) await matrix.extendAll(work, twiddles, (fraction) => part(i, 0.6 * fraction));
    for (let k = 0; k < matrix.blocks; k++) {
      const block = await matrix.block(work, twiddles, k);
      await forRows(work, block, async (view, first, count) => {
        const rows = { first: k * matrix.height + first, count };
        await absorb(work, hash, view, matrix.width, rows, states, after);
      });
      part(i, 0.6 + (0.4 * (k + 1)) / matrix.blocks);
    }
    work.free(states.buffer);
    states = after;
  }
  if (salt) await absorbSalts(work, hash, salt, leaves);
  const tree = await Tree.over(work, hash, leaves);
  return { tree, matrices, salt };
}

/** Calls `visit` with all rows of columns, in views that one binding can hold. */
async function forRows(
  work: Work,
  columns: Columns,
  visit: (view: RowView, first: number, count: number) => Promise<void>,
): Promise<void> {
  if (columns.isWhole) return visit(columns.view, 0, columns.rows);
  const count = windowRows(work, columns.width, columns.rows);
  const scratch = work.allocate(8 * columns.width * count);
  for (let first = 0; first < columns.rows; first += count) {
    await visit(columns.copyRows(work, first, count, scratch, count), first, count);
  }
  work.free(scratch);
}

/** Rows of a window over `width` columns that one binding can hold: a power of two, at most `rows`. */
export function windowRows(work: Work, width: number, rows: number): number {
  const fit = Math.floor(work.gpu.bindingBytes / (8 * width));
  return Math.min(rows, 2 ** Math.floor(Math.log2(fit)));
}
