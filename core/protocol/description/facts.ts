import { wordKey, wordsEqual } from '../../hash/word.ts';
import type { LogHeights } from '../../vm/trace/padding.ts';
import type { AccountId } from '../account/account-id.ts';
import { type AccountSource, isNewAccount } from '../account/account-source.ts';
import type { Note } from '../note/note.ts';
import { accountTag } from '../note/note-tag.ts';
import type { PartialNote } from '../note/partial-note.ts';
import { type Standards, standardProcedure } from '../standards/standards.ts';
import { readSwap, swapTag } from '../standards/swap.ts';
import { type TransactionEffects, transactionData } from '../transaction/executed-transaction.ts';
import type { DescribedAsset } from './assets.ts';
import { type DescribedNote, targetOf } from './notes.ts';

/** Something that others learn of a transaction, or do not: what a review shows and nothing else. */
export type Fact =
  /** Everybody sees these. Of a private account that changes, a commitment. */
  | Seen<'account', { readonly account: string; readonly changed: boolean }>
  | Seen<'accountPublic', { readonly account: string }>
  | Seen<'accountNew', { readonly account: string }>
  /** New notes, and who made them. */
  | Seen<'created', { readonly count: number; readonly sender: string }>
  /** So many bits that the notes' tag tells of a recipient, which one account in so many matches. */
  | Seen<'tag', { readonly notes: readonly string[]; readonly bits: number; readonly oneIn: number }>
  /** That these are offers to swap, and a byte of each issuer's id: what such a note's tag tells. */
  | Seen<'tagSwap', { readonly notes: readonly string[] }>
  | Seen<'notePublic', { readonly note: string }>
  | Seen<'attachment', { readonly note: string; readonly count: number }>
  | Seen<'consumed', { readonly count: number }>
  /** Which notes these are: they are public, so that everybody knows their nullifiers. */
  | Seen<'consumedPublic', { readonly notes: readonly string[] }>
  /** Which notes these are: they are not shown to be in a block. */
  | Seen<'early', { readonly notes: readonly string[] }>
  | Seen<'fee', { readonly note: string; readonly assets: readonly DescribedAsset[] }>
  /** How much was computed, roughly; the heights are known once it is proved. */
  | Seen<
      'work',
      { readonly referenceBlock: number; readonly expirationBlock: number; readonly logHeights?: LogHeights }
    >
  /** Nobody sees these, if the proof hides. */
  | Hidden<'hidAmounts' | 'hidRecipient' | 'hidState' | 'hidSpent' | 'hidScript' | 'hidKeys'>
  /** What a machine that proves for another sees; whether that is a secret too. */
  | { readonly key: 'elsewhere'; readonly side: 'prover'; readonly params: { readonly keys: boolean } };

interface Seen<K extends string, P> {
  readonly key: K;
  readonly side: 'seen';
  readonly params: P;
}
interface Hidden<K extends string> {
  readonly key: K;
  readonly side: 'hidden';
  readonly params: Readonly<Record<string, never>>;
}

const BITS = 32;
/** Whose witness has no secret in it: they ask for signatures, or for nothing. */
const NO_SECRET = ['auth::falcon::authenticate', 'auth::network::authenticate', 'auth::none::authenticate'];

/** Throws `transaction` for a transaction that cannot be published. */
export function factsOf(
  effects: TransactionEffects<AccountSource>,
  made: readonly DescribedNote[],
  standards: Standards,
  logHeights?: LogHeights,
): Fact[] {
  const { inputs, final, patch } = effects;
  const data = transactionData(effects);
  const consumed = (inputs.notes ?? []).map(({ note }) => note);
  const account = final.id.toString();
  const isPublic = final.id.type === 'public';
  const early = consumed.filter((_, i) => data.inputs[i].header);
  const published = consumed.filter((note, i) => !data.inputs[i].header && note.metadata.type === 'public');
  const privateMade = made.filter(({ type }) => type === 'private');
  const hasPrivateNotes =
    privateMade.length > 0 || consumed.some(({ metadata }) => metadata.type === 'private');
  const ids = (notes: readonly { readonly id: Parameters<typeof wordKey>[0] }[]) =>
    notes.map(({ id }) => wordKey(id));
  const facts: (Fact | false)[] = [
    isNewAccount(inputs.account) && seen('accountNew', { account }),
    isPublic && !patch.isEmpty && seen('accountPublic', { account }),
    !(isPublic && !patch.isEmpty) && seen('account', { account, changed: !patch.isEmpty }),
    made.length > 0 && seen('created', { count: made.length, sender: account }),
    ...tagFacts(effects, made, standards),
    ...made.flatMap(({ id, type, attachments, script, assets }) => [
      script.kind === 'TX_FEE' && seen('fee', { note: id, assets }),
      script.kind !== 'TX_FEE' && type === 'public' && seen('notePublic', { note: id }),
      attachments > 0 && seen('attachment', { note: id, count: attachments }),
    ]),
    consumed.length > 0 && seen('consumed', { count: consumed.length }),
    published.length > 0 && seen('consumedPublic', { notes: ids(published) }),
    early.length > 0 && seen('early', { notes: ids(early) }),
    seen('work', {
      referenceBlock: data.referenceBlock,
      expirationBlock: data.expirationBlock,
      ...(logHeights && { logHeights }),
    }),
    (hasPrivateNotes || !isPublic) && hidden('hidAmounts'),
    privateMade.some(({ script }) => script.kind !== 'SWAP') && hidden('hidRecipient'),
    !isPublic && hidden('hidState'),
    early.length + published.length < consumed.length && hidden('hidSpent'),
    (inputs.script !== undefined || hasPrivateNotes) && hidden('hidScript'),
    hidden('hidKeys'),
    { key: 'elsewhere', side: 'prover', params: { keys: mayHoldSecrets(inputs.account, standards) } },
  ];
  return facts.filter((fact) => fact !== false);
}

type KeyOn<S extends Fact['side']> = Extract<Fact, { readonly side: S }>['key'];
type ParamsOf<K extends Fact['key']> = Extract<Fact, { readonly key: K }>['params'];
const seen = <K extends KeyOn<'seen'>>(key: K, params: ParamsOf<K>) =>
  ({ key, side: 'seen', params }) as Fact;
const hidden = (key: KeyOn<'hidden'>) => ({ key, side: 'hidden', params: {} }) as Fact;

/** Notes whose tags tell as much as each other are one fact. A fee note's is the same for all. */
function tagFacts(
  { outputs }: TransactionEffects<AccountSource>,
  made: readonly DescribedNote[],
  standards: Standards,
): Fact[] {
  const byBits = new Map<number, string[]>();
  const offers: string[] = [];
  for (const [i, { note }] of outputs.entries()) {
    const { id, script } = made[i];
    if (script.kind === 'TX_FEE') continue;
    if (isOffer(note, standards)) {
      offers.push(id);
      continue;
    }
    const bits = tagBits(note.metadata.tag, targetOf(note, standards));
    byBits.set(bits, [...(byBits.get(bits) ?? []), id]);
  }
  return [
    ...(offers.length > 0 ? [seen('tagSwap', { notes: offers })] : []),
    // The first bit of every id is zero, and tells nothing.
    ...[...byBits].map(([bits, notes]) =>
      seen('tag', { notes, bits, oneIn: bits === 0 ? 1 : 2 ** (bits - 1) }),
    ),
  ];
}

/** Whether a note is an offer to swap with the tag by which offers are found. */
function isOffer({ recipient, assets, metadata }: Note | PartialNote, standards: Standards): boolean {
  const read = 'script' in recipient ? readSwap(standards, recipient) : undefined;
  const [offered] = assets.list;
  return (
    read !== undefined &&
    offered !== undefined &&
    metadata.tag === swapTag(standards, metadata.type, offered, read.requested)
  );
}

/** The most bits of the recipient's id that the tag agrees with; those up to its last one where nobody knows whose it is. */
function tagBits(tag: number, target: AccountId | undefined): number {
  if (tag === 0) return 0;
  if (target) for (let bits = BITS; bits > 0; bits--) if (accountTag(target, bits) === tag) return bits;
  return BITS - Math.log2((tag & -tag) >>> 0);
}

const mayHoldSecrets = ({ code }: AccountSource, standards: Standards): boolean =>
  !NO_SECRET.some((name) => wordsEqual(standardProcedure(standards, name), code.procedures[0]));
