import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { SmtProof } from '../../merkle/smt-proof.ts';
import { Account } from './account.ts';
import type { AccountSource } from './account-source.ts';
import { PartialAccount } from './partial-account.ts';

/** An account whose code a transaction of another account calls, as it stands in the transaction's reference block. */
export interface ForeignAccount<A extends AccountSource = AccountSource> {
  readonly account: A;
  /** Its leaf in the block's tree of accounts. */
  readonly witness: SmtProof;
}

/** One that can travel: whole, or as much as a transaction read of it. */
export type PortableForeignAccount = ForeignAccount<Account | PartialAccount>;

const MAX_PROOF_BYTES = 2 ** 12;
/** A header and the leaf. */
export const MIN_FOREIGN_BYTES = 128;

export function writeForeignAccount({ account, witness }: PortableForeignAccount, writer: ByteWriter): void {
  const blob = (bytes: Uint8Array) => writer.vint(bytes.length).bytes(bytes);
  writer.bool(account instanceof Account);
  if (account instanceof Account) blob(account.toBytes());
  else account.write(writer);
  blob(witness.toBytes());
}
/** Throws `FormatError`. Whether the account is so in the block shows when the transaction is executed. */
export function readForeignAccount(reader: ByteReader): PortableForeignAccount {
  const account = reader.bool()
    ? Account.fromBytes(reader.bytes(reader.count(1)))
    : PartialAccount.read(reader);
  return { account, witness: SmtProof.fromBytes(reader.bytes(reader.count(1, MAX_PROOF_BYTES))) };
}
