import type { Word } from '../../hash/word.ts';
import type { PartialMmr } from '../../merkle/partial-mmr.ts';
import type { AdviceInputs } from '../../vm/advice/inputs.ts';
import type { Account } from '../account/account.ts';
import type { AccountCode } from '../account/account-code.ts';
import type { AccountSource } from '../account/account-source.ts';
import type { ForeignAccount } from '../account/foreign-account.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { ProtocolConfig } from '../block/protocol-config.ts';
import type { NoteRecipient, NoteScript } from '../note/note-recipient.ts';
import type { InputNote } from '../transaction/note-lists.ts';

/** A note to consume, and an argument for its script. */
export interface NoteToConsume extends InputNote {
  readonly args?: Word;
}

/** The transaction's own script. */
export interface TransactionScript extends NoteScript {
  readonly args?: Word;
  /** What it looks up in the advice map. */
  readonly map?: AdviceInputs['map'];
}

/** Everything a transaction is made of. The account is a whole one, or a source that is asked for what is touched. */
export interface TransactionInputs<A extends AccountSource = Account> {
  readonly account: A;
  /** The block whose state it refers to. */
  readonly block: BlockHeader;
  readonly notes?: readonly NoteToConsume[];
  readonly script?: TransactionScript;
  readonly authArgs?: Word;
  /** Signatures made elsewhere, under their keys of the advice map (`signatureKey`). */
  readonly signatures?: AdviceInputs['map'];
  /** The code that the account is to have after, where its procedures ask for other code. */
  readonly upgrade?: AccountCode;
  /** The chain before the reference block; tracks the blocks that notes come from and that scripts ask for. */
  readonly chain?: PartialMmr;
  /** The protocol's configuration in the reference block, for code that asks which asset fees are paid in. */
  readonly config?: ProtocolConfig;
  /** Accounts whose code is called, by scripts or because they issue assets and want to be asked. */
  readonly foreign?: readonly ForeignAccount[];
  /** Recipients of notes that will be made, as far as they are known: public notes need theirs. */
  readonly recipients?: readonly NoteRecipient[];
}
