import type { Word } from '../core/hash/word.ts';
import type { MmrProof } from '../core/merkle/mmr.ts';
import type { AccountId } from '../core/protocol/account/account-id.ts';
import type { BlockHeader } from '../core/protocol/block/block-header.ts';
import type { ServedAccount, ServedBlock, ServedNote, SyncAnswer, SyncRequest, TagPrefix } from './api.ts';
import { OperatorError } from './errors.ts';
import type { KnownNote } from './state/notes.ts';
import type { State } from './state/state.ts';

/** What one request may ask for, and one answer hold. */
export const AnswerLimit = {
  TAGS: 64,
  ACCOUNTS: 256,
  NOTE_IDS: 256,
  NULLIFIERS: 1024,
  NULLIFIER_PREFIXES: 1024,
  BLOCKS: 64,
  /** Of notes or blocks; one more than this may come, so that there is always progress. */
  BYTES: 4 * 2 ** 20,
  /** Notes and nullifiers of so many blocks at once. */
  SYNC_BLOCKS: 4096,
  SYNC_NOTES: 1024,
  SYNC_NULLIFIERS: 65_536,
} as const;

const U32 = 2 ** 32;
const PREFIX_SHIFT = 48n;

/** The first 16 bits of a nullifier, those of its element 3. */
export const nullifierPrefix = (nullifier: Word): number => Number(nullifier[3] >> PREFIX_SHIFT);

/** Throws `OperatorError` of kind `request-refused`. */
export function refuseRequest(message: string, details = ''): never {
  throw new OperatorError('request-refused', message, { details });
}

export function checkCount(what: string, count: number, limit: number): void {
  if (count > limit) refuseRequest(`Too many ${what} in one request.`, `${count}, at most ${limit}`);
}

export function checkTags(tags: readonly TagPrefix[]): void {
  checkCount('tags', tags.length, AnswerLimit.TAGS);
  for (const { value, bits } of tags)
    if (
      !Number.isInteger(value) ||
      value < 0 ||
      value >= U32 ||
      !Number.isInteger(bits) ||
      bits < 0 ||
      bits > 32
    )
      refuseRequest('This is no prefix of a tag.', `${value}, ${bits} bits`);
}

/** What a client needs to come from the block it knows to the latest. Throws `request-refused`. */
export function answerSync(state: State, request: SyncRequest, limit: PageLimit = AnswerLimit): SyncAnswer {
  const { after, notesAfter = after ?? -1, tags, accounts, nullifiers } = request;
  const header = state.tip;
  checkTags(tags);
  checkCount('accounts', accounts.length, AnswerLimit.ACCOUNTS);
  if (nullifiers !== 'all') checkCount('nullifiers', nullifiers.length, AnswerLimit.NULLIFIER_PREFIXES);
  for (const number of [after ?? 0, notesAfter + 1])
    if (!Number.isInteger(number) || number < 0 || number > header.number + 1)
      refuseRequest('This block is not in the chain yet.', `block ${number}`);
  if (after !== undefined && after > header.number)
    refuseRequest('This block is not in the chain yet.', `block ${after}`);
  const found = page(state, request, notesAfter, limit);
  return {
    header,
    signatures: state.blocks.block(header.number)!.signatures,
    // The client's range holds the blocks before the one it knows.
    chain: state.chain.delta(after ?? 0, header.number),
    known: after === undefined || after === header.number ? undefined : before(state, header, after),
    notes: found.notes.map((note) => serveNote(state, header, note)),
    accounts: accounts.map((id) => serveAccount(state, id)),
    nullifiers: found.nullifiers,
    upTo: found.upTo,
  };
}

/** That a block is in the chain before the latest one. */
const before = (state: State, header: BlockHeader, block: number): MmrProof =>
  state.chain.open(block, header.number);

type PageLimit = Readonly<Record<'SYNC_BLOCKS' | 'SYNC_NOTES' | 'SYNC_NULLIFIERS', number>>;
interface Page {
  readonly notes: readonly KnownNote[];
  readonly nullifiers: readonly { readonly nullifier: Word; readonly block: number }[];
  readonly upTo: number;
}

/** Whole blocks, one at least, until an answer is full. */
function page(state: State, { tags, nullifiers }: SyncRequest, after: number, limit: PageLimit): Page {
  const first = after + 1;
  let upTo = Math.min(state.tip.number, after + limit.SYNC_BLOCKS);
  // Of a block that does not fit behind others nothing is told; the first one always fits.
  const endBefore = (block: number): void => {
    upTo = Math.max(first, Math.min(upTo, block - 1));
  };
  const consumed: { nullifier: Word; block: number }[] = [];
  const wanted = nullifiers === 'all' ? undefined : new Set(nullifiers);
  if (wanted === undefined || wanted.size > 0) {
    let scanned = 0;
    for (const each of state.nullifiers.between(first, upTo)) {
      if (each.block > upTo) break;
      if (++scanned > limit.SYNC_NULLIFIERS) endBefore(each.block);
      if (each.block <= upTo && (!wanted || wanted.has(nullifierPrefix(each.nullifier)))) consumed.push(each);
    }
  }
  for (const tag of tags) {
    const some = state.notes.tagged(tag, first, upTo, limit.SYNC_NOTES + 1);
    if (some.length > limit.SYNC_NOTES) endBefore(some.at(-1)!.block);
  }
  const notes = new Map<string, KnownNote>();
  for (const tag of tags)
    for (const note of state.notes.tagged(tag, first, upTo))
      notes.set([note.block, note.batch, note.position].join(), note);
  return {
    notes: [...notes.values()].sort((x, y) => x.block - y.block),
    nullifiers: consumed.filter(({ block }) => block <= upTo),
    upTo,
  };
}

export function serveNote(state: State, header: BlockHeader, note: KnownNote): ServedNote {
  return {
    note: note.note,
    inclusion: state.inclusion(note),
    block: note.block === header.number ? undefined : before(state, header, note.block),
  };
}

export const serveAccount = (state: State, id: AccountId): ServedAccount => ({
  id,
  commitment: state.accounts.commitment(id),
  proof: state.accountProof(id),
  account: id.type === 'public' ? state.accounts.publicAccount(id) : undefined,
});

/** Blocks from a number on, until an answer is full. Throws `request-refused`. */
export function serveBlocks(
  state: State,
  {
    from,
    count,
    transactions,
  }: { readonly from: number; readonly count: number; readonly transactions: boolean },
): ServedBlock[] {
  if (!Number.isInteger(from) || from < 0) refuseRequest('This is no number of a block.', `${from}`);
  checkCount('blocks', count, AnswerLimit.BLOCKS);
  const served: ServedBlock[] = [];
  let bytes = 0;
  for (let number = from; number < from + count; number++) {
    const stored = state.blocks.block(number);
    if (!stored) break;
    const own = transactions ? state.blocks.transactions(number) : [];
    bytes += own.reduce((sum, each) => sum + each.length, stored.block.length);
    if (served.length > 0 && bytes > AnswerLimit.BYTES) break;
    served.push({ ...stored, transactions: own });
  }
  return served;
}
