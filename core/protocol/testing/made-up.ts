import fc from 'fast-check';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { AccountPatch } from '../account/account-patch.ts';
import type { ShownNote } from '../batch/note-tracker.ts';
import type { ChainView } from '../block/chain-view.ts';
import { BlockNoteTree, batchNoteTree } from '../block/note-tree.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import type { Note } from '../note/note.ts';
import { inputCommitment, publish } from '../transaction/note-lists.ts';
import { ProvenTransaction } from '../transaction/proven-transaction.ts';
import * as arbitrary from './arbitrary.ts';

/** Accounts, notes, a chain and transactions that no kernel ever saw: batches and blocks check only how they fit together. */
export const accounts: readonly AccountId[] = [1n, 2n, 3n, 4n].map(
  // Every other one is public.
  (n) => new AccountId((n << 8n) | ((n % 2n) << 4n) | 1n, n << 8n),
);
const [code] = fc.sample(arbitrary.accountCode, { numRuns: 1, seed: 1 });

/** The account's state after so many changes. */
export const state = (id: AccountId, changes: number): Word =>
  changes === 0 ? EMPTY_WORD : [BigInt(changes), id.prefix, id.suffix, 1n];

export const notes: readonly Note[] = fc.sample(arbitrary.note, { numRuns: 120, seed: 1 });

/** Half of the notes are in block 3, whose second batch made them. */
export const old = notes.slice(60);
const sorted = [EMPTY_WORD, ...old.map(({ id }) => id)].map((id, index) => [index, id] as const);
const tree = new BlockNoteTree([batchNoteTree([]), batchNoteTree(sorted)]);
const subCommitment: Word = [3n, 3n, 3n, 3n];
export const NOTES_BLOCK = 3;

export function shownNote(note: Note): ShownNote {
  const { index, path } = tree.open(1, old.indexOf(note) + 1);
  return {
    id: note.id,
    inclusion: { blockNumber: NOTES_BLOCK, subCommitment, noteRoot: tree.root, index, path },
  };
}

/** Blocks 0 to 9. */
export const chain: ChainView = (number) => {
  if (number > 9) return undefined;
  if (number === NOTES_BLOCK) return commitPair(ProtocolDomain.BLOCK, subCommitment, tree.root);
  return [BigInt(number), 1n, 2n, 3n];
};

interface Made {
  readonly account?: AccountId;
  /** Numbers of its changes before and after; the same if it only consumes. */
  readonly from?: number;
  readonly to?: number;
  readonly consumes?: readonly Note[];
  /** Consumed notes that are shown to be in a block. */
  readonly authenticated?: readonly Note[];
  readonly makes?: readonly Note[];
  readonly patch?: AccountPatch;
}
type Parts = ConstructorParameters<typeof ProvenTransaction>[0];

export function transaction(made: Made, change: Partial<Parts> = {}): ProvenTransaction {
  const { account: id = accounts[0], from = 1, to = from + 1, consumes = [], makes = [] } = made;
  const changed = from !== to && id.type === 'public';
  const patch = changed
    ? (made.patch ?? new AccountPatch({ id, nonce: BigInt(to), code: from === 0 ? code : undefined }))
    : undefined;
  return new ProvenTransaction({
    account: {
      id,
      initial: state(id, from),
      final: state(id, to),
      patchCommitment: patch?.commitment ?? (from === to ? EMPTY_WORD : state(id, to)),
      ...(patch && { patch }),
    },
    inputs: [
      ...consumes.map((note) => inputCommitment({ note })),
      ...(made.authenticated ?? []).map(({ nullifier }) => ({ nullifier })),
    ],
    outputs: makes.map((note) => publish({ kind: 'full', note })),
    referenceBlock: 5,
    referenceCommitment: chain(5)!,
    expirationBlock: 12,
    proof: Uint8Array.of(1),
    ...change,
  });
}

interface Step {
  readonly account: number;
  readonly move: boolean;
  readonly consume: readonly number[];
  readonly makes: number;
  readonly old: number;
}
/** Transactions one after the other, and what they do together by the plainest count. */
export interface History {
  readonly transactions: readonly ProvenTransaction[];
  readonly shown: readonly ShownNote[];
  /** For every transaction, how many notes it made that no later one consumed. */
  readonly left: readonly Note[];
  readonly nullifiers: readonly Word[];
  /** Number of changes of each account. */
  readonly changes: readonly number[];
  readonly touched: ReadonlySet<number>;
}

function play(steps: readonly Step[]): History {
  const [fresh, before] = [notes.slice(0, 60), [...old]];
  const left: Note[] = [];
  const [shown, nullifiers]: [ShownNote[], Word[]] = [[], []];
  const changes = accounts.map(() => 0);
  const touched = new Set<number>();
  const transactions = steps.map((step) => {
    const consumes = step.consume.flatMap((n) => (left.length > 0 ? left.splice(n % left.length, 1) : []));
    const authenticated = before.splice(0, step.old);
    nullifiers.push(...authenticated.map((note) => note.nullifier));
    // The second of them is consumed as if it were in no block, and shown to be later.
    for (const note of authenticated.splice(1)) {
      consumes.push(note);
      shown.push(shownNote(note));
    }
    const makes = fresh.splice(0, step.makes);
    left.push(...makes);
    const from = changes[step.account];
    const idle = from > 0 && !step.move && consumes.length + authenticated.length > 0;
    if (!idle) changes[step.account]++;
    touched.add(step.account);
    const to = changes[step.account];
    return transaction({ account: accounts[step.account], from, to, consumes, authenticated, makes });
  });
  return { transactions, shown, left, nullifiers, changes, touched };
}

export const history: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      account: fc.nat({ max: accounts.length - 1 }),
      move: fc.boolean(),
      consume: fc.array(fc.nat({ max: 50 }), { maxLength: 2 }),
      makes: fc.nat({ max: 3 }),
      old: fc.nat({ max: 2 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map(play);
