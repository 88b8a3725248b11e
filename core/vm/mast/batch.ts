import type { Felt } from '../../field/felt.ts';
import { hashElements } from '../../hash/eidos.ts';
import type { Word } from '../../hash/word.ts';
import { Op } from '../opcodes.ts';
import { operation } from './operation.ts';
import type { OpBatch, Operation } from './types.ts';

/**
 * Grouping of a basic block's operations (miden-core 1.0.0-rc.0, src/mast/node/basic_block_node/op_batch.rs).
 *
 * A group is up to nine 7-bit opcodes in one field element, the first in the lowest bits. A batch is up to eight
 * groups; the value of each PUSH takes the next free slot of its batch. A PUSH is never the last operation of a
 * group, so that its value and the next group stay apart: a NOOP follows it, or it opens a new group.
 */

export const GROUP_SIZE = 9;
export const BATCH_SIZE = 8;
const OPCODE_BITS = 7;
/** Opcodes whose bits fit in the exact integers of a double. */
const LOW_OPCODES = 7;
const NOOP = operation(Op.NOOP);

/** One batch while it grows. */
class BatchBuilder {
  readonly ops: Operation[] = [];
  readonly #groups: Felt[] = new Array<Felt>(BATCH_SIZE).fill(0n);
  readonly #starts: number[] = new Array<number>(BATCH_SIZE + 1).fill(0);
  readonly #padded: boolean[] = new Array<boolean>(BATCH_SIZE).fill(false);
  /** Operations in the open group. */
  #size = 0;
  #group = 0;
  /** The next slot that is neither a group nor a PUSH value. */
  #next = 1;

  accepts(op: Operation): boolean {
    if (op.op !== Op.PUSH) return this.#size < GROUP_SIZE || this.#next < BATCH_SIZE;
    return this.#size < GROUP_SIZE - 1 ? this.#next < BATCH_SIZE : this.#next + 1 < BATCH_SIZE;
  }

  add(op: Operation): void {
    const isPush = op.op === Op.PUSH;
    if (this.#size >= GROUP_SIZE - (isPush ? 1 : 0)) this.#closeGroup();
    if (isPush) this.#groups[this.#next++] = op.imm!;
    this.#append(op);
  }

  finish(): OpBatch {
    const groupCount = 2 ** Math.ceil(Math.log2(this.#next));
    while (this.#next < groupCount) this.#closeGroup();
    this.#closeGroup();
    return {
      ops: this.ops,
      groups: this.#groups,
      groupCount,
      groupStarts: this.#starts.slice(0, groupCount + 1),
      padded: this.#padded.slice(0, groupCount),
    };
  }

  #append(op: Operation): void {
    this.ops.push(op);
    this.#size++;
  }

  #closeGroup(): void {
    if (this.#size === 0 || this.ops[this.ops.length - 1].op === Op.PUSH) {
      this.#append(NOOP);
      this.#padded[this.#group] = true;
    }
    this.#groups[this.#group] = packGroup(this.ops, this.ops.length - this.#size, this.ops.length);
    // The slots of the group's PUSH values are empty ranges before the next group.
    for (let slot = this.#group + 1; slot <= this.#next; slot++) this.#starts[slot] = this.ops.length;
    this.#group = this.#next++;
    this.#size = 0;
  }
}

/** Groups operations into batches. Every batch but the last has eight groups; the last 1, 2, 4 or 8. */
export function buildBatches(ops: readonly Operation[]): OpBatch[] {
  const batches: OpBatch[] = [];
  let batch = new BatchBuilder();
  for (const op of ops) {
    if (!batch.accepts(op)) {
      batches.push(batch.finish());
      batch = new BatchBuilder();
    }
    batch.add(op);
  }
  if (batch.ops.length > 0) batches.push(batch.finish());
  return batches;
}

/** The operations as they were before batching: padding dropped, genuine NOOPs kept. */
export function rawOperations(batches: readonly OpBatch[]): Operation[] {
  const raw: Operation[] = [];
  for (const { op } of rawIndices(batches)) raw.push(op);
  return raw;
}

/** Each operation that is not padding, with its index among all operations of the block. */
export function* rawIndices(batches: readonly OpBatch[]): Generator<{ op: Operation; index: number }> {
  let base = 0;
  for (const { ops, groupCount, groupStarts, padded } of batches) {
    for (let group = 0; group < groupCount; group++) {
      const end = groupStarts[group + 1] - (padded[group] ? 1 : 0);
      for (let i = groupStarts[group]; i < end; i++) yield { op: ops[i], index: base + i };
    }
    base += ops.length;
  }
}

/** Digest of a basic block: its groups as one element sequence. */
export function digestBatches(batches: readonly OpBatch[]): Word {
  const groups: Felt[] = [];
  for (const batch of batches) {
    for (let i = 0; i < batch.groupCount; i++) groups.push(batch.groups[i]);
  }
  return hashElements(groups);
}

/** The value of a group of operations: opcodes packed, the first lowest. */
export function packGroup(ops: readonly Operation[], start: number, end: number): Felt {
  let low = 0;
  let high = 0;
  for (let i = end - 1; i >= start; i--) {
    if (i - start < LOW_OPCODES) low = low * (1 << OPCODE_BITS) + ops[i].op;
    else high = (high << OPCODE_BITS) | ops[i].op;
  }
  return high === 0 ? BigInt(low) : (BigInt(high) << BigInt(LOW_OPCODES * OPCODE_BITS)) | BigInt(low);
}
