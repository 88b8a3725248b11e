import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { AccountPatch } from '../account/account-patch.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';
import {
  checkNotes,
  type InputNoteCommitment,
  inputNotesCommitment,
  outputNotesCommitment,
  type PublishedNote,
  publishedHeader,
  readInputCommitment,
  readPublishedNote,
  writeInputCommitment,
  writePublishedNote,
} from './note-lists.ts';
import { transactionId } from './transaction-id.ts';

const MIN_NOTE_BYTES = 33;

/** How one transaction changed one account, as far as the network is told. */
interface AccountUpdate {
  readonly id: AccountId;
  /** The empty word for a new account. */
  readonly initial: Word;
  readonly final: Word;
  readonly patchCommitment: Word;
  /** Published for public accounts; a private account's stays with its owner. */
  readonly patch?: AccountPatch;
}

export interface TransactionDataParts {
  readonly account: AccountUpdate;
  readonly inputs: readonly InputNoteCommitment[];
  readonly outputs: readonly PublishedNote[];
  /** The block whose state it was executed against. */
  readonly referenceBlock: number;
  readonly referenceCommitment: Word;
  /** The last block it may be in. */
  readonly expirationBlock: number;
}

/** Everything that the network learns of a transaction, and all that its proof is about. Consistent in itself. */
export class TransactionData {
  readonly account: AccountUpdate;
  readonly inputs: readonly InputNoteCommitment[];
  readonly outputs: readonly PublishedNote[];
  readonly referenceBlock: number;
  readonly referenceCommitment: Word;
  readonly expirationBlock: number;

  /** Throws `transaction`. */
  constructor(parts: TransactionDataParts) {
    const { account, inputs, outputs, referenceBlock, expirationBlock } = parts;
    const refuse = (message: string, details = ''): never => {
      throw new ProtocolError('transaction', message, { details });
    };
    checkNotes(inputs, outputs.map(publishedHeader));
    if (outputs.some((each) => publishedHeader(each).metadata.type !== each.kind))
      refuse('A note is not published as its type asks for.');
    if (inputs.length === 0 && wordsEqual(account.initial, account.final))
      refuse('This transaction does nothing.');
    const isPublic = account.id.type === 'public';
    const changed = !wordsEqual(account.patchCommitment, EMPTY_WORD);
    // The nonce is part of the state: neither changes without the other.
    if (changed === wordsEqual(account.initial, account.final))
      refuse('What changed of the account does not fit its states before and after.');
    if ((isPublic && changed) !== (account.patch !== undefined))
      refuse('A public account publishes its changes, a private one does not.');
    if (account.patch) {
      if (!account.patch.id.equals(account.id)) refuse('The change belongs to another account.');
      if (!wordsEqual(account.patch.commitment, account.patchCommitment))
        refuse('The change of the account is not the one committed to.');
    }
    const isNew = wordsEqual(account.initial, EMPTY_WORD);
    if (isNew && account.patch && !account.patch.code) refuse('A new public account publishes its code.');
    if (expirationBlock <= referenceBlock) refuse('The transaction expires before it can be in a block.');
    this.account = account;
    this.inputs = inputs;
    this.outputs = outputs;
    this.referenceBlock = referenceBlock;
    this.referenceCommitment = parts.referenceCommitment;
    this.expirationBlock = expirationBlock;
  }

  get inputNotes(): Word {
    return inputNotesCommitment(this.inputs);
  }
  get outputNotes(): Word {
    return outputNotesCommitment(this.outputs.map(publishedHeader));
  }
  get id(): Word {
    const { initial, final } = this.account;
    return transactionId({ initial, final, inputNotes: this.inputNotes, outputNotes: this.outputNotes });
  }

  write(writer: ByteWriter): void {
    const { account } = this;
    account.id.write(writer);
    writer.word(account.initial).word(account.final).word(account.patchCommitment);
    writer.bool(account.patch !== undefined);
    account.patch?.write(writer);
    writer.vint(this.inputs.length);
    for (const input of this.inputs) writeInputCommitment(input, writer);
    writer.vint(this.outputs.length);
    for (const output of this.outputs) writePublishedNote(output, writer);
    writer.u32(this.referenceBlock).word(this.referenceCommitment).u32(this.expirationBlock);
  }
  static read(reader: ByteReader): TransactionData {
    const id = AccountId.read(reader);
    const [initial, final, patchCommitment] = [reader.word(), reader.word(), reader.word()];
    const patch = reader.bool() ? AccountPatch.read(reader) : undefined;
    const inputs = Array.from({ length: reader.count(MIN_NOTE_BYTES, Limit.INPUT_NOTES) }, () =>
      readInputCommitment(reader),
    );
    const outputs = Array.from({ length: reader.count(MIN_NOTE_BYTES, Limit.OUTPUT_NOTES) }, () =>
      readPublishedNote(reader),
    );
    const parts = {
      account: { id, initial, final, patchCommitment, ...(patch && { patch }) },
      inputs,
      outputs,
      referenceBlock: reader.u32(),
      referenceCommitment: reader.word(),
      expirationBlock: reader.u32(),
    };
    return checked(reader, () => new TransactionData(parts));
  }
}
