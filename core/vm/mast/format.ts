import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { compareWords, type Word, wordsEqual } from '../../hash/word.ts';
import { digestBatches } from './batch.ts';
import { readBlock, writeBlock } from './block-format.ts';
import {
  callDigest,
  childrenOf,
  DYN_DIGEST,
  DYNCALL_DIGEST,
  joinDigest,
  loopDigest,
  splitDigest,
  syscallDigest,
} from './nodes.ts';
import type { MastForest, MastNode, NodeId } from './types.ts';

/**
 * Bytes of a MAST forest, as the official stack writes them (miden-core 1.0.0-rc.0, src/mast/serialization/mod.rs):
 * "MAST", a flag byte, version 0.0.5; counts of internal and external nodes; roots; the blocks' operations; one
 * 8-byte entry per node; digests of external nodes, then of the others; the advice map.
 *
 * The reader trusts nothing: it recomputes every digest and accepts only the form a writer produces, so reading and
 * writing again gives the same bytes. Source spans and messages of error codes are not part of the format.
 */

const MAGIC = 'MAST';
const VERSION = [0, 0, 5];
/** Flag: the digests of internal nodes are left out; a reader computes them anyway. */
const HASHLESS = 0x02;

/** The most nodes a forest may have: child ids take 30 bits. */
const MAX_NODES = 2 ** 30 - 1;
const ENTRY_BYTES = 8;
const WORD_BYTES = 32;

const KINDS = ['join', 'split', 'loop', 'block', 'call', 'syscall', 'dyn', 'dyncall', 'external'] as const;
const PAIR_SHIFT = 30n;
const PAIR_MASK = 0x3fff_ffffn;
const KIND_SHIFT = 60n;
const PAYLOAD_MASK = (1n << KIND_SHIFT) - 1n;

/** Externals first, then blocks, then the rest. */
const orderClass = (kind: MastNode['kind']): number => (kind === 'external' ? 0 : kind === 'block' ? 1 : 2);

/** Reads a forest that fills `bytes`. Throws {@link FormatError} on anything else. */
export function readForest(bytes: Uint8Array): MastForest {
  const reader = new ByteReader(bytes, 'MAST forest');
  const forest = readForestFrom(reader);
  reader.end();
  return forest;
}

/** Reads a forest and leaves the reader behind it. */
export function readForestFrom(reader: ByteReader): MastForest {
  if (reader.utf8(4) !== MAGIC) reader.fail('it does not begin with "MAST"');
  const flags = reader.u8();
  const version = [...reader.bytes(3)];
  if (version.join() !== VERSION.join()) {
    reader.fail(`its version is ${version.join('.')}, only ${VERSION.join('.')} can be read`);
  }
  if ((flags & ~HASHLESS) !== 0) reader.fail('it has unknown flags');
  const hashless = flags === HASHLESS;

  const internalCount = reader.count(ENTRY_BYTES + (hashless ? 0 : WORD_BYTES));
  const externalCount = reader.count(ENTRY_BYTES + WORD_BYTES);
  const nodeCount = internalCount + externalCount;
  if (nodeCount > MAX_NODES) reader.fail(`it has ${nodeCount} nodes, at most ${MAX_NODES} are allowed`);
  const roots: NodeId[] = Array.from({ length: reader.count(4) }, () => reader.u32());
  if (roots.some((root) => root >= nodeCount)) reader.fail('a root is not one of its nodes');
  const blockData = new ByteReader(reader.bytes(reader.count(1)), 'MAST forest');
  const entries = Array.from({ length: checked(reader, nodeCount, ENTRY_BYTES) }, () => reader.u64());
  const externals = Array.from(
    { length: checked(reader, externalCount, WORD_BYTES) },
    (): Word => reader.word(),
  );
  const digests = hashless
    ? undefined
    : Array.from({ length: checked(reader, internalCount, WORD_BYTES) }, (): Word => reader.word());

  const nodes: MastNode[] = [];
  for (const entry of entries) {
    const node = readNode(reader, entry, nodes, blockData, externals);
    const previous = nodes.at(-1);
    if (previous !== undefined) checkOrder(reader, previous, node);
    if (node.kind !== 'external' && digests !== undefined) {
      if (!wordsEqual(digests[nodes.length - externalCount], node.digest)) {
        reader.fail(`the digest of node ${nodes.length} is wrong`);
      }
    }
    nodes.push(node);
  }
  blockData.end();
  return { nodes, roots, adviceMap: readAdviceMap(reader), errorMessages: new Map() };
}

function checked(reader: ByteReader, count: number, itemBytes: number): number {
  if (count * itemBytes > reader.remaining) reader.fail('it ends too early for its number of nodes');
  return count;
}

function readNode(
  reader: ByteReader,
  entry: bigint,
  nodes: readonly MastNode[],
  blockData: ByteReader,
  externals: readonly Word[],
): MastNode {
  const kind = KINDS[Number(entry >> KIND_SHIFT)];
  const payload = entry & PAYLOAD_MASK;
  if ((kind === 'external') !== nodes.length < externals.length) {
    reader.fail('its external nodes are not its first, or not as many as it says');
  }
  const child = (id: bigint): NodeId => {
    if (id >= BigInt(nodes.length))
      reader.fail(`node ${nodes.length} refers to node ${id}, which does not stand before it`);
    return Number(id);
  };
  const digest = (id: NodeId): Word => nodes[id].digest;
  switch (kind) {
    case 'join': {
      const [first, second] = [child(payload >> PAIR_SHIFT), child(payload & PAIR_MASK)];
      return { kind, first, second, digest: joinDigest(digest(first), digest(second)) };
    }
    case 'split': {
      const [onTrue, onFalse] = [child(payload >> PAIR_SHIFT), child(payload & PAIR_MASK)];
      return { kind, onTrue, onFalse, digest: splitDigest(digest(onTrue), digest(onFalse)) };
    }
    case 'loop': {
      const body = child(payload);
      return { kind, body, digest: loopDigest(digest(body)) };
    }
    case 'call':
    case 'syscall': {
      const callee = child(payload);
      const hash = kind === 'call' ? callDigest : syscallDigest;
      return { kind, callee, digest: hash(digest(callee)) };
    }
    case 'block': {
      // Blocks lie end to end in node order: shared or overlapping ones would let few bytes ask for much memory.
      if (payload !== BigInt(blockData.offset))
        reader.fail(`the operations of node ${nodes.length} are misplaced`);
      const batches = readBlock(blockData);
      return { kind, batches, digest: digestBatches(batches) };
    }
    case 'dyn':
    case 'dyncall':
      if (payload !== 0n) reader.fail(`node ${nodes.length} has data it should not have`);
      return { kind, digest: kind === 'dyn' ? DYN_DIGEST : DYNCALL_DIGEST };
    case 'external': {
      if (payload !== 0n) reader.fail(`node ${nodes.length} has data it should not have`);
      return { kind, digest: externals[nodes.length] };
    }
    default:
      return reader.fail(`node ${nodes.length} is of an unknown kind`);
  }
}

function checkOrder(reader: ByteReader, previous: MastNode, node: MastNode): void {
  if (orderClass(node.kind) < orderClass(previous.kind)) {
    reader.fail('its nodes are not in the order external, block, control');
  }
  if (node.kind === 'external' && compareWords(previous.digest, node.digest) >= 0) {
    reader.fail('the digests of its external nodes do not increase');
  }
}

function readAdviceMap(reader: ByteReader): [Word, Felt[]][] {
  const count = reader.count(WORD_BYTES + 1);
  const map: [Word, Felt[]][] = [];
  for (let i = 0; i < count; i++) {
    const key = reader.word();
    if (i > 0 && compareWords(map[i - 1][0], key) >= 0)
      reader.fail('the keys of its advice map do not increase');
    map.push([key, Array.from({ length: reader.count(8) }, () => reader.felt())]);
  }
  return map;
}

/**
 * Writes a forest. Its nodes must be in the order the format asks for, which {@link orderNodes} and the reader give.
 * Throws `RangeError` if they are not: that is a defect of the caller.
 */
export function writeForest(forest: MastForest): Uint8Array {
  const writer = new ByteWriter();
  writeForestTo(forest, writer);
  return writer.finish();
}

/** {@link writeForest} into a longer message. */
export function writeForestTo(forest: MastForest, writer: ByteWriter): void {
  const { nodes, roots } = forest;
  const externals = nodes.filter((node) => node.kind === 'external');
  const internals = nodes.filter((node) => node.kind !== 'external');
  const blockData = new ByteWriter();
  const entries = nodes.map((node, id) => {
    if (id > 0 && orderClass(node.kind) < orderClass(nodes[id - 1].kind))
      throw new RangeError('unordered forest');
    if (childrenOf(node).some((child) => child >= id))
      throw new RangeError('a child stands behind its parent');
    return writeEntry(node, blockData);
  });

  for (const char of MAGIC) writer.u8(char.charCodeAt(0));
  writer.u8(0).bytes(Uint8Array.from(VERSION));
  writer.vint(internals.length).vint(externals.length);
  writer.vint(roots.length);
  for (const root of roots) writer.u32(root);
  writer.vint(blockData.length).bytes(blockData.finish());
  for (const entry of entries) writer.u64(entry);
  for (const node of externals) writer.word(node.digest);
  for (const node of internals) writer.word(node.digest);
  writer.vint(forest.adviceMap.length);
  for (const [key, values] of forest.adviceMap) {
    writer.word(key).vint(values.length);
    for (const value of values) writer.felt(value);
  }
}

function writeEntry(node: MastNode, blockData: ByteWriter): bigint {
  const tag = BigInt(KINDS.indexOf(node.kind)) << KIND_SHIFT;
  switch (node.kind) {
    case 'block': {
      const offset = blockData.length;
      writeBlock(node.batches, blockData);
      return tag | BigInt(offset);
    }
    case 'join':
    case 'split': {
      const [left, right] = childrenOf(node);
      return tag | (BigInt(left) << PAIR_SHIFT) | BigInt(right);
    }
    default:
      return tag | BigInt(childrenOf(node)[0] ?? 0);
  }
}
