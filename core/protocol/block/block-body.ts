import { ByteReader, ByteWriter } from '../../bytes.ts';
import { compareWords, type Word, wordKey } from '../../hash/word.ts';
import {
  type AccountChange,
  checkChange,
  MIN_CHANGE_BYTES,
  mergeInAnyOrder,
  mergeInOrder,
  readChange,
  writeChange,
} from '../batch/account-change.ts';
import type { Batch } from '../batch/batch.ts';
import { type MadeNote, NoteTracker, type ShownNote } from '../batch/note-tracker.ts';
import { commitList } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { noteId } from '../note/note.ts';
import { checked } from '../reading.ts';
import { publishedHeader, readPublishedNote, writePublishedNote } from '../transaction/note-lists.ts';
import {
  readTransactionHeader,
  TRANSACTION_HEADER_BYTES,
  type TransactionHeader,
  transactionsCommitment,
  writeTransactionHeader,
} from '../transaction/transaction-header.ts';
import { transactionId } from '../transaction/transaction-id.ts';
import { type ChainView, isInChain, upTo } from './chain-view.ts';
import { BlockNoteTree, batchNoteTree } from './note-tree.ts';

const FORMAT = 1;
/** A note's index, and the smallest note: details, metadata and attachments of a private one. */
const MIN_NOTE_BYTES = 35;

/** A note and its place in its batch, which stays the same when notes before it are erased. */
export interface PlacedNote extends MadeNote {
  readonly index: number;
}

/** What a block says of one of its batches. */
export interface BatchRecord {
  /** In the order in which they took effect; none where the first block makes notes. */
  readonly transactions: readonly TransactionHeader[];
  /** By id, without those that a later batch of the block consumed. */
  readonly notes: readonly PlacedNote[];
}

interface Parts {
  /** By account id. */
  readonly updates: readonly AccountChange[];
  readonly batches: readonly BatchRecord[];
  /** Of the notes consumed, but for those made in this block; ascending. */
  readonly nullifiers: readonly Word[];
}

/** A block's batches, and what else it takes to judge them. */
export interface BlockContents {
  readonly batches: readonly Batch[];
  /** Notes that were in no block yet when their batch was put together, and now are. */
  readonly shown?: readonly ShownNote[];
}

const refuse = (message: string, details = ''): never => {
  throw new ProtocolError('block', message, { details });
};
const ascending = (words: readonly Word[]): boolean =>
  words.every((word, i) => i === 0 || compareWords(words[i - 1], word) < 0);

/** What a block changes: accounts, notes made, nullifiers, by which transactions. Their proofs are kept apart from it. */
export class BlockBody {
  readonly updates: readonly AccountChange[];
  readonly batches: readonly BatchRecord[];
  readonly nullifiers: readonly Word[];
  readonly noteTree: BlockNoteTree;

  /** Throws `block` if it contradicts itself. */
  constructor({ updates, batches, nullifiers }: Parts) {
    if (batches.length > Limit.BLOCK_BATCHES) refuse(`A block has at most ${Limit.BLOCK_BATCHES} batches.`);
    for (const [i, batch] of batches.entries()) checkRecord(batch, `batch ${i}`);
    const ids = batches.flatMap(({ notes }) => notes.map(({ id }) => wordKey(id)));
    if (new Set(ids).size < ids.length) refuse('A note is made twice.');
    const transactions = batches.flatMap((batch) => batch.transactions.map((t) => wordKey(transactionId(t))));
    if (new Set(transactions).size < transactions.length) refuse('A transaction is in a block twice.');
    // 64 batches of at most 1,024 accounts each and as many notes: only nullifiers and updates have bounds of their own.
    if (updates.length > Limit.BLOCK_ACCOUNTS)
      refuse(`A block changes at most ${Limit.BLOCK_ACCOUNTS} accounts.`);
    if (nullifiers.length > Limit.BLOCK_NOTES) refuse(`A block consumes at most ${Limit.BLOCK_NOTES} notes.`);
    if (!ascending(nullifiers)) refuse('The nullifiers of a block are not in order.');
    for (const [i, { id }] of updates.entries())
      if (i > 0 && updates[i - 1].id.prefix >= id.prefix) refuse('The accounts of a block are not in order.');
    for (const update of updates) checkChange(update);
    this.updates = updates;
    this.batches = batches;
    this.nullifiers = nullifiers;
    this.noteTree = new BlockNoteTree(
      batches.map(({ notes }) => batchNoteTree(notes.map(({ index, id }) => [index, id] as const))),
    );
  }

  /**
   * The body that batches make in this order as block `number`. Throws `block` for what cannot be in it: a batch that
   * expired or refers to another chain, a transaction or note twice, a note that was never made. What only the state knows is
   * left to its holder: that accounts are in the states the updates start from, and nullifiers are new.
   */
  static of(number: number, { batches, shown = [] }: BlockContents, chain: ChainView): BlockBody {
    const known = upTo(chain, number - 1);
    for (const [i, { expirationBlock, referenceBlock, referenceCommitment }] of batches.entries()) {
      if (expirationBlock < number)
        refuse('A batch has expired.', `batch ${i}, with block ${expirationBlock}`);
      if (!isInChain(known, referenceBlock, referenceCommitment))
        refuse(
          'The block that a batch refers to is not in the chain.',
          `batch ${i}, block ${referenceBlock}`,
        );
    }
    const tracker = new NoteTracker('block', shown, known);
    for (const { inputs, outputs } of batches) tracker.add(inputs, outputs);
    const { inputs } = tracker.finish();
    const missing = inputs.find(({ header }) => header);
    if (missing) refuse('A note is consumed that was never made.', `nullifier ${wordKey(missing.nullifier)}`);
    return new BlockBody({
      updates: mergeInAnyOrder(batches.flatMap(({ changes }) => changes)),
      batches: batches.map(({ headers, outputs }) => ({
        transactions: headers,
        notes: outputs
          .map((made, index): PlacedNote => ({ ...made, index }))
          .filter(({ id }) => tracker.isLeft(id)),
      })),
      nullifiers: inputs.map(({ nullifier }) => nullifier),
    });
  }

  get transactionsCommitment(): Word {
    return transactionsCommitment(
      ProtocolDomain.BLOCK_TRANSACTIONS,
      this.batches.flatMap(({ transactions }) => transactions),
    );
  }
  /** The empty word if nothing was consumed. */
  get nullifiersCommitment(): Word {
    return commitList(ProtocolDomain.BLOCK_NULLIFIERS, this.nullifiers.flat());
  }
  /** The updates that the transactions make, without their patches. Throws `block` if they make none. */
  get transactionUpdates(): AccountChange[] {
    return mergeInAnyOrder(
      this.batches.flatMap(({ transactions }) =>
        mergeInOrder(
          transactions.map(({ account, initial, final }) => ({ id: account, initial, final })),
          'block',
        ),
      ),
    );
  }

  write(writer: ByteWriter): void {
    writer.u8(FORMAT).vint(this.updates.length);
    for (const update of this.updates) writeChange(update, writer);
    writer.vint(this.batches.length);
    for (const { transactions, notes } of this.batches) {
      writer.vint(transactions.length);
      for (const header of transactions) writeTransactionHeader(header, writer);
      writer.vint(notes.length);
      for (const { index, note } of notes) writePublishedNote(note, writer.u16(index));
    }
    writer.vint(this.nullifiers.length);
    for (const nullifier of this.nullifiers) writer.word(nullifier);
  }
  static read(reader: ByteReader): BlockBody {
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const updates = Array.from({ length: reader.count(MIN_CHANGE_BYTES, Limit.BLOCK_ACCOUNTS) }, () =>
      readChange(reader),
    );
    const batches = Array.from({ length: reader.count(2, Limit.BLOCK_BATCHES) }, () => ({
      transactions: Array.from({ length: reader.count(TRANSACTION_HEADER_BYTES) }, () =>
        readTransactionHeader(reader),
      ),
      notes: Array.from({ length: reader.count(MIN_NOTE_BYTES, Limit.BATCH_NOTES) }, () => readNote(reader)),
    }));
    const nullifiers = Array.from({ length: reader.count(32, Limit.BLOCK_NOTES) }, () => reader.word());
    return checked(reader, () => new BlockBody({ updates, batches, nullifiers }));
  }
  toBytes(): Uint8Array {
    const writer = new ByteWriter();
    this.write(writer);
    return writer.finish();
  }
  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): BlockBody {
    const reader = new ByteReader(bytes, 'block body');
    const body = BlockBody.read(reader);
    reader.end();
    return body;
  }
}

function checkRecord({ transactions, notes }: BatchRecord, name: string): void {
  if (new Set(transactions.map(({ account }) => account.prefix)).size > Limit.BATCH_ACCOUNTS)
    refuse(`A batch changes at most ${Limit.BATCH_ACCOUNTS} accounts.`, name);
  for (const [i, { index }] of notes.entries())
    if (index >= Limit.BATCH_NOTES || (i > 0 && notes[i - 1].index >= index))
      refuse('The places of notes in a batch are not in order.', name);
  if (notes.some(({ note }) => publishedHeader(note).metadata.type !== note.kind))
    refuse('A note is not published as its type asks for.', name);
  if (!ascending(notes.map(({ id }) => id))) refuse('The notes of a batch are not in order.', name);
}

function readNote(reader: ByteReader): PlacedNote {
  const index = reader.u16();
  const note = readPublishedNote(reader);
  return { index, note, id: noteId(publishedHeader(note)) };
}
