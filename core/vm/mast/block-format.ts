import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { Op } from '../opcodes.ts';
import { BATCH_SIZE, GROUP_SIZE, packGroup } from './batch.ts';
import { carriesErrorCode, isBlockOpcode, operation } from './operation.ts';
import type { OpBatch, Operation } from './types.ts';

/**
 * Bytes of a basic block (miden-core 1.0.0-rc.0, src/mast/serialization/basic_blocks.rs): the padded operations,
 * the number of batches (u32), per batch eight 4-bit group lengths, then per batch a byte of padding flags.
 */

const BATCH_BYTES = 5;

/** Reads a block's batches; what they claim about groups, immediates and padding is checked against the operations. */
export function readBlock(reader: ByteReader): OpBatch[] {
  const ops: Operation[] = Array.from({ length: reader.count(1) }, () => readOperation(reader));
  const batchCount = reader.u32();
  if (batchCount === 0) reader.fail('a basic block is empty');
  if (batchCount * BATCH_BYTES > reader.remaining)
    reader.fail('a basic block ends too early for its batches');
  const lengths = Array.from({ length: batchCount }, () => reader.u32());
  const batches: OpBatch[] = [];
  let start = 0;
  for (let i = 0; i < batchCount; i++) {
    const batch = readBatch(reader, ops, start, lengths[i], reader.u8());
    if (i + 1 < batchCount ? batch.groupCount !== BATCH_SIZE : ![1, 2, 4, 8].includes(batch.groupCount)) {
      reader.fail(`a batch has ${batch.groupCount} groups`);
    }
    batches.push(batch);
    start += batch.ops.length;
  }
  if (start !== ops.length) reader.fail('the batches of a basic block do not cover its operations');
  return batches;
}

function readOperation(reader: ByteReader): Operation {
  const code = reader.u8();
  if (!isBlockOpcode(code)) return reader.fail(`${code} is not an operation of a basic block`);
  return operation(code, code === Op.PUSH || carriesErrorCode(code) ? reader.felt() : undefined);
}

/** @param lengths eight 4-bit group lengths. @param flags a bit per group: it ends with a padding NOOP. */
function readBatch(
  reader: ByteReader,
  all: readonly Operation[],
  from: number,
  lengths: number,
  flags: number,
): OpBatch {
  const starts = [0];
  for (let i = 0; i < BATCH_SIZE; i++) {
    const length = (lengths >>> (4 * i)) & 15;
    if (length > GROUP_SIZE) reader.fail(`a group has ${length} operations, at most ${GROUP_SIZE} fit`);
    starts.push(starts[i] + length);
  }
  if (starts[BATCH_SIZE] === 0) reader.fail('a batch is empty');
  const ops = all.slice(from, from + starts[BATCH_SIZE]);
  if (ops.length < starts[BATCH_SIZE]) reader.fail('a batch has more operations than its block');

  const groups: Felt[] = new Array<Felt>(BATCH_SIZE).fill(0n);
  const padded: boolean[] = [];
  let group = 0;
  while (starts[group] < ops.length) {
    const [start, end] = [starts[group], starts[group + 1]];
    if (start === end) reader.fail('a batch has a group without operations');
    groups[group] = packGroup(ops, start, end);
    const last = ops[end - 1].op;
    if (last === Op.PUSH) reader.fail('a group ends with PUSH');
    const isPadded = ((flags >>> group) & 1) === 1;
    if (isPadded && last !== Op.NOOP) reader.fail('a padded group does not end with NOOP');
    padded.push(isPadded);
    group++;
    for (let i = start; i < end; i++) {
      if (ops[i].op !== Op.PUSH) continue;
      if (group >= BATCH_SIZE) reader.fail('a batch has no room for the value of a PUSH');
      if (starts[group] !== starts[group + 1]) reader.fail('the value of a PUSH overlaps a group');
      groups[group++] = ops[i].imm!;
      padded.push(false);
    }
  }
  const marked = padded.reduce((bits, isPadded, i) => (isPadded ? bits | (1 << i) : bits), 0);
  if (marked !== flags) reader.fail('a group without operations is marked as padded');
  return { ops, groups, groupCount: group, groupStarts: starts.slice(0, group + 1), padded };
}

export function writeBlock(batches: readonly OpBatch[], writer: ByteWriter): void {
  writer.vint(batches.reduce((sum, batch) => sum + batch.ops.length, 0));
  for (const { ops } of batches) {
    for (const { op, imm } of ops) {
      writer.u8(op);
      if (imm !== undefined) writer.felt(imm);
    }
  }
  writer.u32(batches.length);
  for (const { groupCount, groupStarts } of batches) {
    let lengths = 0;
    for (let i = 0; i < groupCount; i++) lengths |= (groupStarts[i + 1] - groupStarts[i]) << (4 * i);
    writer.u32(lengths >>> 0);
  }
  for (const { padded } of batches) {
    writer.u8(padded.reduce((bits, isPadded, i) => (isPadded ? bits | (1 << i) : bits), 0));
  }
}
