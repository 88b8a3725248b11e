import { wordKey } from '../../core/hash/word.ts';
import { Batch } from '../../core/protocol/batch/batch.ts';
import type { ShownNote } from '../../core/protocol/batch/note-tracker.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { Limit } from '../../core/protocol/limits.ts';
import type { PendingTransaction } from '../mempool/mempool.ts';
import type { State } from '../state/state.ts';

/** A batch holds this many transactions at most: what one is refused for, few others suffer. */
const BATCH_TRANSACTIONS = 256;

/** Transactions put into batches, in their order, as many as a block takes. They must follow the state and each other. */
export function makeBatches(state: State, pending: Iterable<PendingTransaction>): Batch[] {
  const groups: PendingTransaction[][] = [];
  let room = { transactions: 0, inputs: 0, outputs: 0 };
  for (const each of pending) {
    const { inputs, outputs } = each.transaction;
    if (room.transactions < 1 || room.inputs < inputs.length || room.outputs < outputs.length) {
      if (groups.length === Limit.BLOCK_BATCHES) break;
      groups.push([]);
      room = { transactions: BATCH_TRANSACTIONS, inputs: Limit.BATCH_NOTES, outputs: Limit.BATCH_NOTES };
    }
    groups.at(-1)!.push(each);
    room.transactions--;
    room.inputs -= inputs.length;
    room.outputs -= outputs.length;
  }
  return batchesOf(state, groups);
}

/** Batches of these groups of transactions, against the latest block. Throws `ProtocolError` of kind `batch`. */
export function batchesOf(state: State, groups: readonly (readonly PendingTransaction[])[]): Batch[] {
  const { tip } = state;
  const reference = { referenceBlock: tip.number, referenceCommitment: blockCommitment(tip) };
  const made = new Set<string>();
  return groups.map((group) => {
    const shown = group.flatMap((each) => showing(state, each, made));
    const transactions = group.map(({ transaction }) => transaction);
    return new Batch({ ...reference, transactions, shown }, state.view);
  });
}

/** Notes that were in no block when the transaction was made, and are now; others are made before it in the same block. */
function showing(state: State, { open, made }: PendingTransaction, madeBefore: Set<string>): ShownNote[] {
  const shown = open.flatMap((id): ShownNote[] => {
    const known = madeBefore.has(wordKey(id)) ? undefined : state.notes.find(id);
    return known ? [{ id, inclusion: state.inclusion(known) }] : [];
  });
  for (const id of made) madeBefore.add(wordKey(id));
  return shown;
}
