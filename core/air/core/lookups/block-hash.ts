import type { Expr, ExprGraph } from '../../expr.ts';
import { Bus, type ColumnBuilder, encode } from '../../lookup.ts';
import { opcode } from '../decoder.ts';
import { batchSize } from '../op-batch.ts';
import type { CoreWindow } from '../window.ts';

/**
 * Column 1: digests of the blocks that a control row starts, each taken away by the block's END; operation groups that
 * a batch brings, each taken away where its decoding starts.
 * (miden-air 1.0.0-rc.0, src/constraints/lookup/buses/block_hash_and_op_group.rs.)
 */
export function blockHashColumn(
  graph: ExprGraph,
  column: ColumnBuilder,
  { row, next, flags }: CoreWindow,
): void {
  const parent = next.addr;
  const [first, second] = [row.hasher.slice(0, 4), row.hasher.slice(4, 8)];
  const block = (digest: readonly Expr[], isFirst: Expr | number, isLoopBody: Expr | number) =>
    encode(graph, Bus.BlockHash, [...digest, parent, isFirst, isLoopBody]);
  const opGroup = (batchId: Expr, position: Expr, value: Expr) =>
    encode(graph, Bus.OpGroup, [batchId, position, value]);

  column.group((group) => {
    group.batch(flags.of('JOIN'), (batch) => {
      batch.add(block(first, 1, 0));
      batch.add(block(second, 0, 0));
    });
    const chosen = first.map((element, i) => second[i].add(row.stack[0].mul(element.sub(second[i]))));
    group.add(flags.of('SPLIT'), block(chosen, 0, 0));
    // A LOOP announces as many bodies as will end; REPEAT announces none, lest a forged END pay for itself.
    group.insert(flags.of('LOOP'), row.groupCount, block(first, 0, 1));
    group.add(flags.any('DYN', 'DYNCALL', 'CALL', 'SYSCALL'), block(first, 0, 0));
    const { END, REPEAT, RESPAN, HALT } = flags.next;
    const isFirst = END.add(REPEAT).add(RESPAN).add(HALT).not();
    group.remove(flags.of('END'), block(first, isFirst, row.isLoopBody));

    const { is8, is4, is2 } = batchSize(row);
    for (const [flag, size] of [
      [is8, 8],
      [is4, 4],
      [is2, 2],
    ] as const) {
      group.batch(flag, (batch) => {
        for (let i = 1; i < size; i++) {
          batch.add(opGroup(next.addr, row.groupCount.sub(i), row.hasher[i]));
        }
      });
    }
    const decoded = next.hasher[0].mul(128).add(opcode(next.opBits));
    const value = decoded.add(flags.of('PUSH').mul(next.stack[0].sub(decoded)));
    const consumed = row.inSpan.mul(row.groupCount.sub(next.groupCount));
    group.remove(consumed, opGroup(row.addr, row.groupCount, value));
  });
}
