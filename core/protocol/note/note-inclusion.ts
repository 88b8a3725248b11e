import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Word, wordsEqual } from '../../hash/word.ts';
import { type MerklePath, pathRoot } from '../../merkle/path.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { Limit } from '../limits.ts';

const DEPTH = Limit.BLOCK_NOTE_TREE_DEPTH;

/** Shows that a note's id stands in a block's note tree. */
export interface NoteInclusion {
  readonly blockNumber: number;
  /** Commitment to the rest of the block's header. */
  readonly subCommitment: Word;
  readonly noteRoot: Word;
  /** Place in the tree: the batch's number times 1,024 and the note's in the batch. */
  readonly index: number;
  /** Sixteen siblings, the leaf's own first. */
  readonly path: MerklePath;
}

/** Whether the proof opens to `id`, and the block it names has this commitment. */
export const verifyInclusion = (inclusion: NoteInclusion, id: Word, blockCommitment: Word): boolean =>
  inclusion.path.length === DEPTH &&
  Number.isInteger(inclusion.index) &&
  inclusion.index >= 0 &&
  inclusion.index < 2 ** DEPTH &&
  wordsEqual(pathRoot(id, BigInt(inclusion.index), inclusion.path), inclusion.noteRoot) &&
  wordsEqual(commitPair(ProtocolDomain.BLOCK, inclusion.subCommitment, inclusion.noteRoot), blockCommitment);

export function writeInclusion(inclusion: NoteInclusion, writer: ByteWriter): void {
  writer
    .u32(inclusion.blockNumber)
    .word(inclusion.subCommitment)
    .word(inclusion.noteRoot)
    .u16(inclusion.index);
  for (const node of inclusion.path) writer.word(node);
}
export const readInclusion = (reader: ByteReader): NoteInclusion => ({
  blockNumber: reader.u32(),
  subCommitment: reader.word(),
  noteRoot: reader.word(),
  index: reader.u16(),
  path: Array.from({ length: DEPTH }, () => reader.word()),
});
