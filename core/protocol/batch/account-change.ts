import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { AccountPatch } from '../account/account-patch.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';

/** From which state to which an account came, over one transaction or several. */
export interface AccountChange {
  readonly id: AccountId;
  /** Commitment of the state before; the empty word for a new account. */
  readonly initial: Word;
  readonly final: Word;
  /** All that changed, of a public account. */
  readonly patch?: AccountPatch;
}

/** Bytes of the smallest change: id, two states, no patch. */
export const MIN_CHANGE_BYTES = 80;

/** Who merges, for errors. */
type Merger = 'batch' | 'block';

function refuse(merger: Merger, message: string, id: AccountId, cause?: ProtocolError): never {
  const details = [`account ${id}`, ...(cause ? [cause.message] : [])].join('\n');
  throw new ProtocolError(merger, message, { details, cause });
}

const mergedPatch = (first: AccountChange, next: AccountChange, merger: Merger): AccountPatch | undefined => {
  if (!first.patch || !next.patch) return first.patch ?? next.patch;
  try {
    return first.patch.merge(next.patch);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return refuse(merger, 'Two changes of an account do not make one.', first.id, error);
  }
};

function join(first: AccountChange, next: AccountChange, merger: Merger): AccountChange {
  if (!wordsEqual(first.final, next.initial))
    refuse(merger, 'Changes of an account do not follow each other.', first.id);
  const patch = mergedPatch(first, next, merger);
  return { id: first.id, initial: first.initial, final: next.final, ...(patch && { patch }) };
}

/** In the order of ids; at most one account per prefix, as in the tree of accounts. */
function byAccount(changes: Iterable<AccountChange>, merger: Merger): AccountChange[][] {
  const groups = new Map<bigint, AccountChange[]>();
  for (const change of changes) {
    const group = groups.get(change.id.prefix);
    if (!group) groups.set(change.id.prefix, [change]);
    else if (group[0].id.equals(change.id)) group.push(change);
    else refuse(merger, 'Two accounts have the same first half of their id.', change.id);
  }
  return [...groups.values()].sort(([a], [b]) => a.id.compare(b.id));
}

/** Merged patches are as long as single ones at most, or nobody could read them. */
function checkSize(change: AccountChange, merger: Merger): AccountChange {
  if (change.patch && change.patch.toBytes().length > Limit.ACCOUNT_UPDATE_BYTES)
    refuse(merger, `An account changes by more than ${Limit.ACCOUNT_UPDATE_BYTES} bytes.`, change.id);
  return change;
}

/** One change per account from those of transactions in their order. Throws `batch` or `block` if one does not follow. */
export const mergeInOrder = (changes: Iterable<AccountChange>, merger: Merger): AccountChange[] =>
  byAccount(changes, merger).map((group) =>
    checkSize(
      group.reduce((merged, next) => join(merged, next, merger)),
      merger,
    ),
  );

/** One change per account from those of batches, whose order is found by the states. Throws `block` if there is none. */
export const mergeInAnyOrder = (changes: Iterable<AccountChange>): AccountChange[] =>
  byAccount(changes, 'block').map((group) => checkSize(chain(group), 'block'));

const isIdle = ({ initial, final, patch }: AccountChange): boolean => !patch && wordsEqual(initial, final);

/** Changes of one account, linked by their states. Idle ones, which only consume notes, belong wherever their state occurs. */
function chain(changes: readonly AccountChange[]): AccountChange {
  const { id } = changes[0];
  const idle = changes.filter(isIdle);
  const steps = new Map<string, AccountChange>();
  for (const change of changes) {
    if (isIdle(change)) continue;
    const key = wordKey(change.initial);
    if (steps.has(key)) refuse('block', 'Two batches change an account from the same state.', id);
    steps.set(key, change);
  }
  const ends = new Set(Array.from(steps.values(), ({ final }) => wordKey(final)));
  let merged =
    steps.size === 0 ? idle[0] : [...steps.values()].find(({ initial }) => !ends.has(wordKey(initial)));
  if (!merged) return refuse('block', 'Changes of an account lead in a circle.', id);
  const states = new Set([wordKey(merged.initial), wordKey(merged.final)]);
  steps.delete(wordKey(merged.initial));
  for (let next = steps.get(wordKey(merged.final)); next; next = steps.get(wordKey(merged.final))) {
    steps.delete(wordKey(merged.final));
    merged = join(merged, next, 'block');
    states.add(wordKey(merged.final));
  }
  if (steps.size > 0 || idle.some(({ initial }) => !states.has(wordKey(initial))))
    refuse('block', 'Changes of an account do not follow each other.', id);
  return merged;
}

/** Throws `block` if a change does not say what its account's type asks for. */
export function checkChange({ id, initial, final, patch }: AccountChange): void {
  if (id.type === 'private' && patch) refuse('block', 'A private account publishes its changes.', id);
  if (patch && !patch.id.equals(id)) refuse('block', 'A change belongs to another account.', id);
  if (id.type === 'public' && !patch && !wordsEqual(initial, final))
    refuse('block', 'A public account does not publish its changes.', id);
  if (patch && wordsEqual(initial, EMPTY_WORD) && !patch.code)
    refuse('block', 'A new public account publishes its code.', id);
}

export function writeChange({ id, initial, final, patch }: AccountChange, writer: ByteWriter): void {
  id.write(writer);
  writer
    .word(initial)
    .word(final)
    .bool(patch !== undefined);
  patch?.write(writer);
}
export function readChange(reader: ByteReader): AccountChange {
  const id = AccountId.read(reader);
  const [initial, final] = [reader.word(), reader.word()];
  return reader.bool() ? { id, initial, final, patch: AccountPatch.read(reader) } : { id, initial, final };
}
