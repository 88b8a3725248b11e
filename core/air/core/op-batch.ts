import { MODULUS } from '../../field/felt.ts';
import type { Scope } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import type { CoreRow } from './row.ts';

const HALF = (MODULUS + 1n) / 2n;

/**
 * Flags for the number of groups in the batch of a SPAN or RESPAN row: two cells, (1, 0) for eight groups, (0, 1) for
 * four, (0, -1) for two, (0, 0) for one and on all other rows. (miden-air 1.0.0-rc.0, src/constraints/decoder/batch.rs.)
 */
export interface BatchSize {
  readonly is8: Expr;
  readonly is4: Expr;
  readonly is2: Expr;
}

export function batchSize({ fullBatch, batchSizeCode }: CoreRow): BatchSize {
  const squared = batchSizeCode.mul(batchSizeCode);
  return {
    is8: fullBatch,
    is4: squared.add(batchSizeCode).mul(HALF),
    is2: squared.sub(batchSizeCode).mul(HALF),
  };
}

/** The encoding of the batch size, and zeros in the places of absent groups. */
export function constrainOpBatch(scope: Scope, startsBatch: Expr, row: CoreRow): void {
  const { fullBatch, batchSizeCode, hasher } = row;
  const { is8, is2 } = batchSize(row);
  const squared = batchSizeCode.mul(batchSizeCode);
  scope.boolean('batch-full', fullBatch);
  scope.zero('batch-code', batchSizeCode.mul(squared.sub(1)));
  scope.zero('batch-one-kind', fullBatch.mul(batchSizeCode));
  const elsewhere = scope.when(startsBatch.not());
  elsewhere.zero('batch-full-elsewhere', fullBatch);
  elsewhere.zero('batch-code-elsewhere', batchSizeCode);

  const below8 = startsBatch.sub(is8);
  const is1 = below8.sub(squared);
  const absent = (gate: Expr, groups: readonly number[]) => {
    for (const i of groups) scope.when(gate).zero(`batch-unused-${i}`, hasher[i]);
  };
  absent(below8, [4, 5, 6, 7]);
  absent(is1.add(is2), [2, 3]);
  absent(is1, [1]);
}
