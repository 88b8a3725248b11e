import { hashControl } from '../../hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { Op } from '../opcodes.ts';
import { buildBatches, digestBatches, rawIndices } from './batch.ts';
import type { BlockNode, DynNode, MastNode, NodeId, Operation, SourceSpan } from './types.ts';

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
  const node: BlockNode = { kind: 'block', batches, digest: digestBatches(batches) };
  const withSpan = span === undefined ? node : { ...node, span };
  if (spans === undefined) return withSpan;
  const padded: (SourceSpan | undefined)[] = new Array(
    batches.reduce((sum, batch) => sum + batch.ops.length, 0),
  ).fill(undefined);
  let raw = 0;
  for (const { index } of rawIndices(batches)) padded[index] = spans[raw++];
  return { ...withSpan, spans: padded };
}

export const dynNode = (kind: DynNode['kind'], span?: SourceSpan): DynNode => ({
  kind,
  digest: kind === 'dyn' ? DYN_DIGEST : DYNCALL_DIGEST,
  ...(span && { span }),
});

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
