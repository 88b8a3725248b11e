import { type Word, wordKey } from '../hash/word.ts';
import type { LogHeights } from '../vm/trace/padding.ts';
import type { AccountType } from './account/account-id.ts';
import { type AccountSource, isNewAccount } from './account/account-source.ts';
import { type DescribedAsset, type DescribedChange, describeAssets } from './description/assets.ts';
import { type Fact, factsOf } from './description/facts.ts';
import { type DescribedNote, describeNote } from './description/notes.ts';
import { type DescribedSlot, describeStorage } from './description/storage.ts';
import type { Note } from './note/note.ts';
import type { PartialNote } from './note/partial-note.ts';
import { type KnownTransaction, knownTransaction } from './standards/known-scripts.ts';
import type { Standards } from './standards/standards.ts';
import type { ExecutedTransaction, TransactionEffects } from './transaction/executed-transaction.ts';

/**
 * A transaction for people to read before and after it is proved: from what was executed, never from what was asked for. Plain
 * data that is JSON: amounts are decimal numbers of base units, digests 64 hexadecimal digits.
 */
export interface TransactionDescription {
  /** Of what was executed; a dry run has none. */
  readonly id?: string;
  readonly account: {
    readonly id: string;
    readonly type: AccountType;
    readonly isNew: boolean;
    readonly nonce: { readonly before: string; readonly after: string };
  };
  readonly consumed: readonly DescribedNote[];
  readonly made: readonly DescribedNote[];
  /** Assets of which the account has more or less now. */
  readonly changes: readonly DescribedChange[];
  /** What there is more of in the world, and what less. */
  readonly minted: readonly DescribedAsset[];
  readonly burned: readonly DescribedAsset[];
  /** Slots that changed. */
  readonly storage: readonly DescribedSlot[];
  /** The code that an account is upgraded to. */
  readonly upgrade?: { readonly before: string; readonly after: string; readonly procedures: number };
  /** Other accounts whose code ran, as they stood in the reference block: called by a script, or asked as issuers. */
  readonly consulted: readonly string[];
  /** The transaction's own script, with its name where it is a standard one. */
  readonly script?: { readonly root: string; readonly name?: KnownTransaction };
  readonly facts: readonly Fact[];
}

/**
 * Describes what was executed, or the effects of a dry run. `logHeights`: what the prover chose, once it has. Throws
 * `transaction` for a transaction that cannot be published.
 */
export function describeTransaction(
  effects: TransactionEffects<AccountSource> & Partial<Pick<ExecutedTransaction, 'id'>>,
  standards: Standards,
  logHeights?: LogHeights,
): TransactionDescription {
  const { inputs, final, patch, outputs } = effects;
  const { header } = inputs.account;
  const isNew = isNewAccount(inputs.account);
  const described = (note: Note | PartialNote) => describeNote(note, standards);
  const made = outputs.map(({ note }) => described(note));
  return {
    ...(effects.id && { id: wordKey(effects.id) }),
    account: {
      id: final.id.toString(),
      type: final.id.type,
      isNew,
      nonce: { before: String(header.nonce), after: String(final.nonce) },
    },
    consumed: (inputs.notes ?? []).map(({ note }) => described(note)),
    made,
    ...describeAssets(effects),
    storage: describeStorage(effects),
    ...(patch.code &&
      !isNew && {
        upgrade: {
          before: wordKey(header.codeCommitment),
          after: wordKey(final.codeCommitment),
          procedures: patch.code.procedures.length,
        },
      }),
    consulted: effects.foreign.map(({ account }) => account.header.id.toString()),
    ...(inputs.script && { script: describeScript(inputs.script.root, standards) }),
    facts: factsOf(effects, made, standards, logHeights),
  };
}

function describeScript(root: Word, standards: Standards): NonNullable<TransactionDescription['script']> {
  const name = knownTransaction(standards, root);
  return { root: wordKey(root), ...(name && { name }) };
}
