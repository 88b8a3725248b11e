import { hashControl } from '../../hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { Op } from '../opcodes.ts';
import { buildBatches, digestBatches, rawIndices } from './batch.ts';
import type { BlockNode, MastNode, NodeId, OpBatch, Operation, SourceSpan } from './types.ts';

/** Digests of control nodes: two child digests under the node's opcode (miden-core 1.0.0-rc.0, src/mast/node). */
export const joinDigest = (first: Word, second: Word): Word => hashControl(Op.JOIN, first, second);
export const splitDigest = (onTrue: Word, onFalse: Word): Word => hashControl(Op.SPLIT, onTrue, onFalse);
export const loopDigest = (body: Word): Word => hashControl(Op.LOOP, body, EMPTY_WORD);
export const callDigest = (callee: Word): Word => hashControl(Op.CALL, callee, EMPTY_WORD);
export const syscallDigest = (callee: Word): Word => hashControl(Op.SYSCALL, callee, EMPTY_WORD);
/** The callee of a DYN or DYNCALL is known only at run time, so all of a kind share one digest. */
export const DYN_DIGEST: Word = hashControl(Op.DYN, EMPTY_WORD, EMPTY_WORD);
export const DYNCALL_DIGEST: Word = hashControl(Op.DYNCALL, EMPTY_WORD, EMPTY_WORD);

/**
 * A basic block of `ops` (not empty), batched and hashed.
 * @param spans the source of each operation, parallel to `ops`.
 */
export function blockNode(
  ops: readonly Operation[],
  spans?: readonly (SourceSpan | undefined)[],
  span?: SourceSpan,
): BlockNode {
  const batches = buildBatches(ops);
  return blockOf(batches, digestBatches(batches), spans, span);
}

/** A basic block whose batches and digest are known. @param spans the source of each operation, padding not counted. */
export function blockOf(
  batches: readonly OpBatch[],
  digest: Word,
  spans?: readonly (SourceSpan | undefined)[],
  span?: SourceSpan,
): BlockNode {
  return {
    kind: 'block',
    batches,
    digest,
    ...(span && { span }),
    ...(spans && { spans: spreadOverPadding(batches, spans) }),
  };
}

function spreadOverPadding<T>(batches: readonly OpBatch[], values: readonly T[]): (T | undefined)[] {
  const length = batches.reduce((sum, batch) => sum + batch.ops.length, 0);
  const spread = new Array<T | undefined>(length).fill(undefined);
  let raw = 0;
  for (const { index } of rawIndices(batches)) spread[index] = values[raw++];
  return spread;
}

/** The node's children, in order. */
export function childrenOf(node: MastNode): readonly NodeId[] {
  switch (node.kind) {
    case 'join':
      return [node.first, node.second];
    case 'split':
      return [node.onTrue, node.onFalse];
    case 'loop':
      return [node.body];
    case 'call':
    case 'syscall':
      return [node.callee];
    default:
      return [];
  }
}
