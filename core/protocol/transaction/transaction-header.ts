import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { commitList } from '../commit.ts';
import type { ProtocolDomain } from '../domains.ts';
import type { ProvenTransaction } from './proven-transaction.ts';
import { type TransactionIdParts, transactionId } from './transaction-id.ts';

/** What batches and blocks keep of a transaction: whose it was, and what its id is made of. */
export interface TransactionHeader extends TransactionIdParts {
  readonly account: AccountId;
}

/** Bytes of a header. */
export const TRANSACTION_HEADER_BYTES = 143;

export const transactionHeader = (transaction: ProvenTransaction): TransactionHeader => {
  const { account, inputNotes, outputNotes } = transaction;
  return { account: account.id, initial: account.initial, final: account.final, inputNotes, outputNotes };
};

/** Ids in order, each with its account; the empty word for no transaction. */
export const transactionsCommitment = (
  domain: typeof ProtocolDomain.BATCH_ID | typeof ProtocolDomain.BLOCK_TRANSACTIONS,
  transactions: readonly TransactionHeader[],
): Word =>
  commitList(
    domain,
    transactions.flatMap((header) => [
      ...transactionId(header),
      ...[header.account.suffix, header.account.prefix, 0n, 0n],
    ]),
  );

export function writeTransactionHeader(header: TransactionHeader, writer: ByteWriter): void {
  header.account.write(writer);
  writer.word(header.initial).word(header.final).word(header.inputNotes).word(header.outputNotes);
}
export const readTransactionHeader = (reader: ByteReader): TransactionHeader => ({
  account: AccountId.read(reader),
  initial: reader.word(),
  final: reader.word(),
  inputNotes: reader.word(),
  outputNotes: reader.word(),
});
