import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../hash/word.ts';
import type { LogHeights } from '../vm/trace/padding.ts';
import type { AccountType } from './account/account-id.ts';
import { type AccountSource, isNewAccount } from './account/account-source.ts';
import { Asset, type AssetId, type Composition } from './asset/asset.ts';
import { type Note, noteId } from './note/note.ts';
import type { NoteType } from './note/note-metadata.ts';
import type { NoteRecipient } from './note/note-recipient.ts';
import { type KnownTransaction, knownTransaction } from './standards/known-scripts.ts';
import { readP2id } from './standards/p2id.ts';
import type { Standards } from './standards/standards.ts';
import { type ExecutedTransaction, transactionData } from './transaction/executed-transaction.ts';
import { publishedHeader } from './transaction/note-lists.ts';

/** So much of an asset; ids in their text forms, amounts in base units. */
export interface DescribedAsset {
  readonly faucet: string;
  readonly kind: Composition;
  readonly amount: bigint;
}

export interface DescribedNote {
  readonly id: string;
  readonly from: string;
  /** Whom it pays, where the script is one that says so. */
  readonly to?: string;
  readonly type: NoteType;
  readonly tag: number;
  readonly assets: readonly DescribedAsset[];
}

/** An asset of which the account has more or less now. */
export interface DescribedChange {
  readonly faucet: string;
  readonly kind: Composition;
  readonly before: bigint;
  readonly after: bigint;
}

/** What stays with whoever made the transaction and those they tell. */
export type Kept =
  /** Which notes were consumed, and when they were made; who made one can tell, as its nullifier is known there. */
  | 'notes-consumed'
  /** Assets, recipient, script and storage of private notes. */
  | 'note-details'
  /** What a private account owns, holds and runs, before and after. */
  | 'account-state'
  /** The transaction's own script, and what authenticated it. */
  | 'scripts';

/** A transaction in plain data, for people to read before and after it is proved. */
export interface TransactionDescription {
  readonly id: string;
  readonly account: { readonly id: string; readonly type: AccountType; readonly isNew: boolean };
  readonly consumed: readonly DescribedNote[];
  readonly made: readonly DescribedNote[];
  readonly changes: readonly DescribedChange[];
  /** The transaction's own script, with its name where it is a standard one. */
  readonly script?: { readonly root: string; readonly name?: KnownTransaction };
  /** What everybody will see. */
  readonly told: {
    readonly account: string;
    readonly isNew: boolean;
    /** The account's new state is published. */
    readonly state: boolean;
    /** How many notes are consumed. */
    readonly consumed: number;
    /** Those that everybody can tell: public ones, and those that are not shown to be in a block. */
    readonly consumedOpenly: readonly string[];
    readonly made: readonly {
      readonly id: string;
      readonly from: string;
      readonly tag: number;
      readonly type: NoteType;
    }[];
    readonly referenceBlock: number;
    readonly expirationBlock: number;
    /** The class of heights it is proved at: between which bounds the run's length lies. */
    readonly logHeights?: LogHeights;
  };
  readonly kept: readonly Kept[];
}

/** `logHeights`: what the prover chose, once it has. Throws `transaction` for a transaction that cannot be published. */
export function describeTransaction(
  executed: ExecutedTransaction<AccountSource>,
  standards: Standards,
  logHeights?: LogHeights,
): TransactionDescription {
  const data = transactionData(executed);
  const { inputs, final, patch } = executed;
  const consumed = (inputs.notes ?? []).map(({ note }) => note);
  const about = { id: final.id.toString(), isNew: isNewAccount(inputs.account) };
  // Everything a nullifier is over is published with a public note.
  const isOpen = (note: Note, i: number) => data.inputs[i].header || note.metadata.type === 'public';
  const openly = consumed.filter(isOpen).map((note) => wordKey(note.id));
  const made = data.outputs.map((each) => publishedHeader(each));
  const kept: readonly (Kept | false)[] = [
    openly.length < consumed.length && 'notes-consumed',
    [...consumed, ...made].some(({ metadata }) => metadata.type === 'private') && 'note-details',
    final.id.type === 'private' && 'account-state',
    'scripts',
  ];
  return {
    id: wordKey(executed.id),
    account: { ...about, type: final.id.type },
    consumed: consumed.map((note) => describeNote(note, note.recipient, standards)),
    made: executed.outputs.map((each) =>
      describeNote(each.note, each.kind === 'full' ? each.note.recipient : undefined, standards),
    ),
    changes: patch.assets.map(({ id, value }) => ({
      ...describeAssetId(id),
      before: amountOf(id, executed.touched.vaultWitness(id).get(id.vaultKey)!),
      after: amountOf(id, value),
    })),
    ...(inputs.script && { script: describeScript(inputs.script.root, standards) }),
    told: {
      account: about.id,
      isNew: about.isNew,
      state: data.account.patch !== undefined,
      consumed: data.inputs.length,
      consumedOpenly: openly,
      made: made.map((header) => ({
        id: wordKey(noteId(header)),
        from: header.metadata.sender.toString(),
        tag: header.metadata.tag,
        type: header.metadata.type,
      })),
      referenceBlock: data.referenceBlock,
      expirationBlock: data.expirationBlock,
      ...(logHeights && { logHeights }),
    },
    kept: kept.filter((each) => each !== false),
  };
}

function describeScript(root: Word, standards: Standards): { root: string; name?: KnownTransaction } {
  const name = knownTransaction(standards, root);
  return { root: wordKey(root), ...(name && { name }) };
}

function describeNote(
  note: ExecutedTransaction['outputs'][number]['note'],
  recipient: NoteRecipient | undefined,
  standards: Standards,
): DescribedNote {
  const { sender, type, tag } = note.metadata;
  const to = recipient && readP2id(standards, recipient)?.target;
  return {
    id: wordKey(note.id),
    from: sender.toString(),
    ...(to && { to: to.toString() }),
    type,
    tag,
    assets: note.assets.list.map(describeAsset),
  };
}

const describeAssetId = ({ faucet, composition }: AssetId) => ({
  faucet: faucet.toString(),
  kind: composition,
});
const describeAsset = ({ id, amount }: Asset): DescribedAsset => ({ ...describeAssetId(id), amount });

/** How much a value in a vault is, the empty word of nothing. */
const amountOf = (id: AssetId, value: Word): bigint =>
  wordsEqual(value, EMPTY_WORD) ? 0n : new Asset(id, value).amount;
