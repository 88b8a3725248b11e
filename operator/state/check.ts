import { KilnError } from '../../core/errors.ts';
import { type Word, wordsEqual } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import type { Steps } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { Block, checkSuccessor } from '../../core/protocol/block/block.ts';
import { type BlockHeader, blockCommitment } from '../../core/protocol/block/block-header.ts';
import { epochBlocksCommitment, epochCommitment } from '../../core/protocol/block/epoch.ts';
import { blockNoteTree } from '../../core/protocol/block/note-tree.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { transactionId } from '../../core/protocol/transaction/transaction-id.ts';
import type { State } from './state.ts';

/** One thing that was recomputed from what is stored. */
export interface StateCheck {
  readonly name:
    | 'chain'
    | 'blocks'
    | 'notes'
    | 'transactions'
    | 'epochs'
    | 'accounts'
    | 'nullifiers'
    | 'public accounts';
  readonly ok: boolean;
  /** How many were compared. */
  readonly count: number;
  /** What did not agree, the first few. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 10;

class Finding {
  readonly #name: StateCheck['name'];
  readonly #problems: string[] = [];
  #count = 0;

  constructor(name: StateCheck['name']) {
    this.#name = name;
  }
  compare(ok: boolean, what: string): void {
    this.#count++;
    if (!ok && this.#problems.length < MAX_PROBLEMS) this.#problems.push(what);
  }
  get result(): StateCheck {
    return {
      name: this.#name,
      ok: this.#problems.length === 0,
      count: this.#count,
      problems: this.#problems,
    };
  }
}

/**
 * Recomputes every root from the stored leaves: trees from accounts and nullifiers, each block from its parts, the chain from
 * the blocks. Proofs are not verified again: a new node that syncs does that. Steps tell blocks.
 */
export function* checkingState(state: State): Steps<StateCheck[]> {
  const [chain, blocks, notes] = [new Finding('chain'), new Finding('blocks'), new Finding('notes')];
  const [transactions, epochs] = [new Finding('transactions'), new Finding('epochs')];
  const { tip, epochLogBlocks } = state;
  const range = new Mmr();
  const epochBlocks: Word[] = [];
  let parent: BlockHeader | undefined;
  for (let number = 0; number <= tip.number; number++) {
    const stored = state.blocks.block(number);
    const block = stored && readBlock(stored.block);
    const header = state.blocks.header(number);
    if (!block || !header) {
      blocks.compare(false, `block ${number} cannot be read`);
      break;
    }
    const commitment = block.commitment;
    blocks.compare(wordsEqual(commitment, blockCommitment(header)), `block ${number}: its header`);
    blocks.compare(wordsEqual(state.view(number)!, commitment), `block ${number}: its commitment`);
    chain.compare(wordsEqual(block.header.chain, range.commitment()), `block ${number}: the chain before it`);
    chain.compare(parent === undefined || follows(block.header, parent), `block ${number}: its parent`);
    notes.compare(
      wordsEqual(blockNoteTree(state.notes.places(number)).root, header.noteRoot),
      `block ${number}: its notes`,
    );
    const headers = block.body.batches.flatMap((batch) => batch.transactions);
    const kept = state.blocks.transactions(number).map(readTransaction);
    transactions.compare(kept.length === headers.length, `block ${number}: their number`);
    for (const [i, own] of headers.entries())
      transactions.compare(
        kept[i] !== undefined && wordsEqual(kept[i].id, transactionId(own)),
        `block ${number}: transaction ${i}`,
      );
    range.add(commitment);
    epochBlocks.push(commitment);
    if ((number + 1) % 2 ** epochLogBlocks === 0) {
      const epoch = (number + 1) / 2 ** epochLogBlocks - 1;
      const record = state.blocks.epoch(epoch);
      const own = state.blocks.epochCommitment(epoch);
      epochs.compare(
        record !== undefined &&
          own !== undefined &&
          wordsEqual(epochCommitment(record), own) &&
          wordsEqual(record.blocks, epochBlocksCommitment(epochBlocks)) &&
          wordsEqual(record.chain, range.commitment()) &&
          wordsEqual(record.accountRoot, header.accountRoot) &&
          wordsEqual(record.nullifierRoot, header.nullifierRoot),
        `epoch ${epoch}`,
      );
      epochBlocks.length = 0;
    }
    parent = block.header;
    yield number;
  }
  chain.compare(wordsEqual(state.chain.commitment(), range.commitment()), 'the range over all blocks');
  const [accounts, nullifiers, whole] = [
    new Finding('accounts'),
    new Finding('nullifiers'),
    new Finding('public accounts'),
  ];
  accounts.compare(wordsEqual(new Smt(state.accounts.all()).root, tip.accountRoot), 'the root');
  nullifiers.compare(wordsEqual(new Smt(state.nullifiers.all()).root, tip.nullifierRoot), 'the root');
  for (const { id, commitment, account: bytes } of state.accounts.publicOnes()) {
    const account = bytes && readable(() => Account.fromBytes(bytes));
    whole.compare(
      account !== undefined && account !== null && wordsEqual(account.commitment, commitment),
      `${id}`,
    );
  }
  return [chain, blocks, notes, transactions, epochs, accounts, nullifiers, whole].map(
    ({ result }) => result,
  );
}

/** What cannot be read is a finding, not the end of the check. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof KilnError) return undefined;
    throw error;
  }
}
const readBlock = (bytes: Uint8Array): Block | undefined => readable(() => Block.fromBytes(bytes));
const readTransaction = (bytes: Uint8Array): ProvenTransaction | undefined =>
  readable(() => ProvenTransaction.fromBytes(bytes));
const follows = (header: BlockHeader, parent: BlockHeader): boolean =>
  readable(() => {
    checkSuccessor(header, parent);
    return true;
  }) ?? false;
