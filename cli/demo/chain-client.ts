import type { Word } from '../../core/hash/word.ts';
import { wordKey, wordsEqual } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { type BlockHeader, blockCommitment } from '../../core/protocol/block/block-header.ts';
import {
  checkSignatures,
  signaturesFromBytes,
  type ValidatorSet,
} from '../../core/protocol/block/validators.ts';
import { noteId } from '../../core/protocol/note/note.ts';
import { type NoteInclusion, verifyInclusion } from '../../core/protocol/note/note-inclusion.ts';
import { publishedHeader } from '../../core/protocol/transaction/note-lists.ts';
import type { OperatorApi } from '../../operator/api.ts';
import { OperatorError } from '../../operator/errors.ts';

/** What a client knows of a chain, and only what it verified: the latest block, the blocks of its notes, where they are. */
export class ChainClient {
  readonly chain = new PartialMmr();
  readonly #inclusions = new Map<string, NoteInclusion>();
  readonly #operator: OperatorApi;
  readonly #validators: ValidatorSet;
  #header: BlockHeader | undefined;

  constructor(operator: OperatorApi, validators: ValidatorSet) {
    this.#operator = operator;
    this.#validators = validators;
  }

  /** The latest block. Throws a `RangeError` before the first {@link sync}. */
  get header(): BlockHeader {
    if (!this.#header) throw new RangeError('nothing was synced yet');
    return this.#header;
  }
  /** Where a note is shown to be. */
  inclusion(id: Word): NoteInclusion | undefined {
    return this.#inclusions.get(wordKey(id));
  }

  /** Takes what is new. Rejects with an `OperatorError` of kind `answer-refused` if anything does not verify. */
  async sync(): Promise<void> {
    const known = this.#header;
    const { header, signatures, chain, notes, ...answer } = await this.#operator.sync({
      after: known?.number,
      // All notes: which are one's own is nobody's business.
      tags: [{ value: 0, bits: 0 }],
      accounts: [],
      nullifiers: [],
    });
    if (header.number > 0)
      checkSignatures(this.#validators, blockCommitment(header), signaturesFromBytes(signatures));
    this.chain.apply(chain);
    require(wordsEqual(this.chain.commitment, header.chain), 'the chain');
    if (known && known.number < header.number) {
      require(answer.known !== undefined &&
        wordsEqual(answer.known.leaf, blockCommitment(known)), 'the block before');
      this.chain.track(answer.known!);
    }
    for (const { note, inclusion, block } of notes) {
      if (block) this.chain.track(block);
      const commitment = block ? block.leaf : blockCommitment(header);
      const id = noteId(publishedHeader(note));
      require(block
        ? block.position === inclusion.blockNumber
        : inclusion.blockNumber === header.number, 'a note');
      require(verifyInclusion(inclusion, id, commitment), 'a note');
      this.#inclusions.set(wordKey(id), inclusion);
    }
    this.#header = header;
  }
}

function require(holds: boolean, what: string): void {
  if (!holds)
    throw new OperatorError('answer-refused', 'The operator sent data that does not verify.', {
      details: what,
    });
}
