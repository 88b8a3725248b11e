import type { Felt } from '../../field/felt.ts';
import type { AccountId } from '../account/account-id.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { NoteRecipient } from '../note/note-recipient.ts';
import { type Standards, standardNoteScript } from './standards.ts';

export const TX_FEE = 'tx_fee::main';
export const FEE_TAG = 0xfee;

/** Which transaction pays: nobody else makes a note alike. */
interface Payer {
  readonly account: AccountId;
  /** Before the transaction. */
  readonly nonce: Felt;
  /** Its reference block. */
  readonly block: number;
}

/** The recipient of the note that a transaction pays its fee with: whoever builds blocks. */
export function feeRecipient(standards: Standards, { account, nonce, block }: Payer): NoteRecipient {
  const payer = [BigInt(block), nonce, account.suffix, account.prefix];
  const serial = commit(ProtocolDomain.FEE_NOTE_SERIAL, [BigInt(FEE_TAG), 0n, 0n, 0n, ...payer]);
  return new NoteRecipient(serial, standardNoteScript(standards, TX_FEE));
}
