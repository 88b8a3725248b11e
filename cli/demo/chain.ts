import { EMPTY_WORD } from '../../core/hash/word.ts';
import { EMPTY_ROOTS } from '../../core/merkle/empty.ts';
import { MerkleStore } from '../../core/merkle/store.ts';
import {
  type BlockHeader,
  blockCommitment,
  blockSubCommitment,
} from '../../core/protocol/block/block-header.ts';
import { Limit } from '../../core/protocol/limits.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import type { InputNote } from '../../core/protocol/transaction/note-lists.ts';

const DEPTH = Limit.BLOCK_NOTE_TREE_DEPTH;

/** Blocks with nothing in them but notes, one after the other: enough to refer to, and no network. */
export class DemoChain {
  block: BlockHeader = {
    number: 0,
    timestamp: Math.floor(Date.now() / 1000),
    previous: EMPTY_WORD,
    chain: EMPTY_WORD,
    accountRoot: EMPTY_WORD,
    nullifierRoot: EMPTY_WORD,
    noteRoot: EMPTY_ROOTS[DEPTH],
    transactions: EMPTY_WORD,
    protocolConfig: EMPTY_WORD,
    validatorConfig: EMPTY_WORD,
    nextConfig: EMPTY_WORD,
    baseFee: 0,
  };

  /** The next block, which holds these notes; the notes with their proofs. */
  add(...notes: readonly Note[]): InputNote[] {
    const store = new MerkleStore();
    let noteRoot = EMPTY_ROOTS[DEPTH];
    for (const [i, note] of notes.entries()) noteRoot = store.setNode(noteRoot, DEPTH, BigInt(i), note.id);
    const { number, timestamp } = this.block;
    const previous = blockCommitment(this.block);
    this.block = { ...this.block, number: number + 1, timestamp: timestamp + 1, previous, noteRoot };
    return notes.map((note, index) => ({
      note,
      inclusion: {
        blockNumber: this.block.number,
        subCommitment: blockSubCommitment(this.block),
        noteRoot,
        index,
        path: store.path(noteRoot, DEPTH, BigInt(index)).path,
      },
    }));
  }
}
