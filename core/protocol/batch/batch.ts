import { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import { type ChainView, isInChain, upTo } from '../block/chain-view.ts';
import { batchNoteTree } from '../block/note-tree.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { noteId } from '../note/note.ts';
import { type InputNoteCommitment, publishedHeader } from '../transaction/note-lists.ts';
import { ProvenTransaction } from '../transaction/proven-transaction.ts';
import {
  type TransactionHeader,
  transactionHeader,
  transactionsCommitment,
} from '../transaction/transaction-header.ts';
import { transactionId } from '../transaction/transaction-id.ts';
import { type AccountChange, mergeInOrder } from './account-change.ts';
import {
  type MadeNote,
  NoteTracker,
  readShownNote,
  SHOWN_NOTE_BYTES,
  type ShownNote,
  writeShownNote,
} from './note-tracker.ts';

const FORMAT = 1;
/** A transaction with no note and no proof. */
const MIN_TRANSACTION_BYTES = 156;

interface Parts {
  /** The block against which it was put together: the latest that any of its transactions refers to, or later. */
  readonly referenceBlock: number;
  readonly referenceCommitment: Word;
  /** In the order in which they take effect. */
  readonly transactions: readonly ProvenTransaction[];
  /** Notes that a transaction consumed without showing that they are in a block, which they are now. */
  readonly shown?: readonly ShownNote[];
}

const refuse = (message: string, details = ''): never => {
  throw new ProtocolError('batch', message, { details });
};

/**
 * Transactions in order and what they do together: one change per account, no note that was made and consumed inside. It
 * follows from the transactions, so these are all that is written. Consistent in itself and with the chain; whether the
 * transactions' proofs hold is `verifyTransaction`'s business.
 */
export class Batch {
  readonly referenceBlock: number;
  readonly referenceCommitment: Word;
  readonly transactions: readonly ProvenTransaction[];
  readonly shown: readonly ShownNote[];
  readonly headers: readonly TransactionHeader[];
  /** By account id. */
  readonly changes: readonly AccountChange[];
  /** By nullifier. Those with a header are in no block yet: an earlier batch of the same block must make them. */
  readonly inputs: readonly InputNoteCommitment[];
  /** By note id. */
  readonly outputs: readonly MadeNote[];
  /** The last block it may be in. */
  readonly expirationBlock: number;

  /** Throws `batch`. */
  constructor({ referenceBlock, referenceCommitment, transactions, shown = [] }: Parts, chain: ChainView) {
    const known = upTo(chain, referenceBlock);
    if (transactions.length === 0) refuse('A batch has no transaction.');
    if (!isInChain(known, referenceBlock, referenceCommitment))
      refuse('The block that a batch refers to is not in the chain.', `block ${referenceBlock}`);
    this.headers = transactions.map(transactionHeader);
    const ids = this.headers.map((header) => wordKey(transactionId(header)));
    if (new Set(ids).size < ids.length) refuse('A transaction is in a batch twice.');
    for (const [i, transaction] of transactions.entries()) {
      const { expirationBlock, referenceBlock: own, referenceCommitment: commitment } = transaction;
      if (own > referenceBlock)
        refuse('A transaction refers to a later block than its batch.', `transaction ${ids[i]}`);
      if (!isInChain(known, own, commitment))
        refuse('The block that a transaction refers to is not in the chain.', `transaction ${ids[i]}`);
      if (expirationBlock <= referenceBlock)
        refuse('A transaction has expired.', `transaction ${ids[i]}, with block ${expirationBlock}`);
    }

    this.changes = mergeInOrder(
      transactions.map(({ account: { id, initial, final, patch } }) => ({
        id,
        initial,
        final,
        ...(patch && { patch }),
      })),
      'batch',
    );
    const tracker = new NoteTracker('batch', shown, known);
    for (const { inputs, outputs } of transactions)
      tracker.add(
        inputs,
        outputs.map((note) => ({ id: noteId(publishedHeader(note)), note })),
      );
    const { inputs, outputs } = tracker.finish();
    for (const [what, count, limit] of [
      ['accounts are changed', this.changes.length, Limit.BATCH_ACCOUNTS],
      ['notes are consumed', inputs.length, Limit.BATCH_NOTES],
      ['notes are made', outputs.length, Limit.BATCH_NOTES],
    ] as const)
      if (count > limit) refuse(`At most ${limit} ${what} in one batch.`, `${count}`);

    this.referenceBlock = referenceBlock;
    this.referenceCommitment = referenceCommitment;
    this.transactions = transactions;
    this.shown = shown;
    this.inputs = inputs;
    this.outputs = outputs;
    this.expirationBlock = transactions.reduce(
      (first, t) => Math.min(first, t.expirationBlock),
      Number.POSITIVE_INFINITY,
    );
  }

  get id(): Word {
    return transactionsCommitment(ProtocolDomain.BATCH_ID, this.headers);
  }
  /** Root of the tree of its notes; a block's differs where another batch of the block consumes one. */
  get noteRoot(): Word {
    return batchNoteTree(this.outputs.map(({ id }, i) => [i, id] as const)).root;
  }

  toBytes(): Uint8Array {
    const writer = new ByteWriter().u8(FORMAT).u32(this.referenceBlock).word(this.referenceCommitment);
    writer.vint(this.transactions.length);
    for (const transaction of this.transactions) {
      const bytes = transaction.toBytes();
      writer.vint(bytes.length).bytes(bytes);
    }
    writer.vint(this.shown.length);
    for (const note of this.shown) writeShownNote(note, writer);
    return writer.finish();
  }
  /** Throws `FormatError` for bytes that are no batch, `batch` for one that breaks a rule. */
  static fromBytes(bytes: Uint8Array, chain: ChainView): Batch {
    const reader = new ByteReader(bytes, 'batch');
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const [referenceBlock, referenceCommitment] = [reader.u32(), reader.word()];
    const transactions = Array.from({ length: reader.count(MIN_TRANSACTION_BYTES) }, () =>
      ProvenTransaction.fromBytes(reader.bytes(reader.count(1))),
    );
    const shown = Array.from({ length: reader.count(SHOWN_NOTE_BYTES, Limit.BATCH_NOTES) }, () =>
      readShownNote(reader),
    );
    reader.end();
    return new Batch({ referenceBlock, referenceCommitment, transactions, shown }, chain);
  }
}
