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

  /** The next block, which holds one note; the note with its proof. */
  add(note: Note): InputNote {
    const store = new MerkleStore();
    const noteRoot = store.setNode(EMPTY_ROOTS[DEPTH], DEPTH, 0n, note.id);
    const { number, timestamp } = this.block;
    const previous = blockCommitment(this.block);
    this.block = { ...this.block, number: number + 1, timestamp: timestamp + 1, previous, noteRoot };
    return {
      note,
      inclusion: {
        blockNumber: this.block.number,
        subCommitment: blockSubCommitment(this.block),
        noteRoot,
        index: 0,
        path: store.path(noteRoot, DEPTH, 0n).path,
      },
    };
  }
}
