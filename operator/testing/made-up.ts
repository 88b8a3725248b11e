import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { AccountPatch } from '../../core/protocol/account/account-patch.ts';
import type { AccountChange } from '../../core/protocol/batch/account-change.ts';
import { Batch } from '../../core/protocol/batch/batch.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { BlockBody, type PlacedNote } from '../../core/protocol/block/block-body.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import * as arbitrary from '../../core/protocol/testing/arbitrary.ts';
import { inputCommitment, publish } from '../../core/protocol/transaction/note-lists.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { makeBlock } from '../block/make-block.ts';
import { type Genesis, State } from '../state/state.ts';

/** Accounts, notes and transactions that no kernel ever saw: for tests of what keeps them. */
export const madeUpNotes: readonly Note[] = fc.sample(arbitrary.note, { numRuns: 300, seed: 7 });
const [code] = fc.sample(arbitrary.accountCode, { numRuns: 1, seed: 1 });
const isPublic = (n: number): boolean => n % 2 === 1;
export const accountOf = (n: number): AccountId =>
  new AccountId((BigInt(n + 1) << 8n) | (isPublic(n) ? 0x10n : 0n) | 1n, BigInt(n) << 8n);

/** Account `n` after so many changes, as its commitment and, of a public one, what the last change publishes. */
function stateOf(n: number, changes: number): { commitment: Word; patch?: AccountPatch } {
  const id = accountOf(n);
  if (changes === 0) return { commitment: EMPTY_WORD };
  if (!isPublic(n)) return { commitment: [BigInt(changes), id.prefix, id.suffix, 1n] };
  const patch = new AccountPatch({ id, nonce: BigInt(changes), code: changes === 1 ? code : undefined });
  const first = new AccountPatch({ id, nonce: 1n, code });
  const account = Account.created(first);
  return { commitment: (changes === 1 ? account : account.apply(patch)).commitment, patch };
}

export interface MadeUp {
  readonly account: number;
  /** Changes of the account before and after. */
  readonly from: number;
  readonly to?: number;
  readonly makes?: readonly Note[];
  /** Consumed without being shown to be in a block. */
  readonly consumes?: readonly Note[];
  readonly nullifiers?: readonly Word[];
  readonly expirationBlock?: number;
}

/** A transaction against the latest block. */
export function madeUpTransaction(state: State, made: MadeUp): ProvenTransaction {
  const { account, from, to = from + 1, makes = [], consumes = [], nullifiers = [] } = made;
  const [before, after] = [stateOf(account, from), stateOf(account, to)];
  const changed = from !== to;
  return new ProvenTransaction({
    account: {
      id: accountOf(account),
      initial: before.commitment,
      final: after.commitment,
      patchCommitment: changed ? (after.patch?.commitment ?? after.commitment) : EMPTY_WORD,
      ...(changed && after.patch && { patch: after.patch }),
    },
    inputs: [
      ...consumes.map((note) => inputCommitment({ note })),
      ...nullifiers.map((nullifier) => ({ nullifier })),
    ],
    outputs: makes.map((note) => publish({ kind: 'full', note })),
    referenceBlock: state.tip.number,
    referenceCommitment: blockCommitment(state.tip),
    expirationBlock: made.expirationBlock ?? state.tip.number + 10,
    proof: Uint8Array.of(1),
  });
}

/** Adds a block with these batches of transactions. */
export function addBlock(
  state: State,
  batches: readonly (readonly ProvenTransaction[])[],
  timestamp = 0,
): Block {
  const reference = { referenceBlock: state.tip.number, referenceCommitment: blockCommitment(state.tip) };
  const block = makeBlock(
    state,
    { batches: batches.map((transactions) => new Batch({ ...reference, transactions }, state.view)) },
    timestamp,
  );
  const transactions = batches.flat().map((each) => each.toBytes());
  state.apply({ block, signatures: Uint8Array.of(7), transactions });
  return block;
}

export function madeUpGenesis(
  accounts: readonly number[] = [],
  notes: readonly Note[] = [],
  epochLogBlocks = 2,
): Genesis {
  const updates = accounts.map((n): AccountChange => {
    const { commitment, patch } = stateOf(n, 1);
    return { id: accountOf(n), initial: EMPTY_WORD, final: commitment, ...(patch && { patch }) };
  });
  const placed = notes.map(
    (note, index): PlacedNote => ({ index, id: note.id, note: publish({ kind: 'full', note }) }),
  );
  const batches = placed.length > 0 ? [{ transactions: [], notes: placed }] : [];
  const body = new BlockBody({ updates, batches, nullifiers: [] });
  const tree = new Smt(updates.map(({ id, final }) => [id.key, final] as const));
  const header = {
    number: 0,
    timestamp: 1_700_000_000,
    previous: EMPTY_WORD,
    chain: new Mmr().commitment(),
    accountRoot: tree.root,
    nullifierRoot: new Smt().root,
    noteRoot: body.noteTree.root,
    transactions: body.transactionsCommitment,
    protocolConfig: [1n, 2n, 3n, 4n] as const,
    validatorConfig: [5n, 6n, 7n, 8n] as const,
    nextConfig: EMPTY_WORD,
    baseFee: 0,
  };
  return {
    block: new Block(header, body),
    signatures: Uint8Array.of(),
    epochLogBlocks,
    source: Uint8Array.of(1),
  };
}

/** Runs a test with a folder of its own. */
export function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-state-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a state that must be there. */
export function reopened(folder: string): State {
  const state = State.open(folder);
  if (!state) throw new RangeError('there is no state');
  return state;
}
