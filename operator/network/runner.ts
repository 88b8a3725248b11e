import { type Word, wordKey, wordsEqual } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { TransactionFailure } from '../../core/protocol/executor/failure.ts';
import type { ForeignLookup } from '../../core/protocol/executor/foreign-host.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import type { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { isConsumable } from '../../core/protocol/standards/execution-hint.ts';
import { mintedRecipient, readMint } from '../../core/protocol/standards/mint.ts';
import { readNetworkAccount, readNetworkNote } from '../../core/protocol/standards/network-account.ts';
import { P2ID } from '../../core/protocol/standards/p2id.ts';
import { standardNoteScript } from '../../core/protocol/standards/standards.ts';
import {
  type TransactionWitness,
  transactionWitness,
} from '../../core/protocol/transaction/executed-transaction.ts';
import type { InputNote } from '../../core/protocol/transaction/note-lists.ts';
import type { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import type { Operator } from '../operator.ts';
import type { KnownNote } from '../state/notes.ts';

/** Notes of one transaction, and how many are looked at to find them. */
const NOTES_AT_ONCE = 16;
const LOOKED_AT = 256;
/** A note that could not be consumed so often is left alone until the operator starts again. */
const ATTEMPTS = 3;

export interface NetworkRunnerOptions {
  readonly operator: Operator;
  readonly kernel: TransactionKernel;
  readonly prove: (witness: TransactionWitness) => Promise<ProvenTransaction>;
  /** A note, or a whole transaction, that failed; the operator goes on. */
  readonly onFailure: (account: AccountId, error: unknown) => void;
}

/** Runs accounts that anybody may run: has them consume the public notes that name them. */
export class NetworkRunner {
  readonly #options: NetworkRunnerOptions;
  readonly #failed = new Map<string, number>();
  #running: Promise<number> | undefined;

  constructor(options: NetworkRunnerOptions) {
    this.#options = options;
  }

  /** Makes a transaction for each account that has notes to consume now; resolves to how many. One round runs at a time. */
  run(): Promise<number> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #round(): Promise<number> {
    const { operator, onFailure } = this.#options;
    let made = 0;
    for (const id of operator.state.networkNotes.accounts()) {
      // What it has in the mempool comes first.
      if (operator.isWaiting(id)) continue;
      try {
        if (await this.#serve(id)) made++;
      } catch (error) {
        onFailure(id, error);
      }
    }
    return made;
  }

  async #serve(id: AccountId): Promise<boolean> {
    const { operator, kernel, prove } = this.#options;
    const account = operator.state.accounts.publicAccount(id);
    const allowed = account && readNetworkAccount(kernel, account);
    if (!account || !allowed) return false;
    const notes = this.#notesFor(id, allowed.noteScripts);
    const executed = this.#execute(account, notes);
    if (!executed) return false;
    try {
      const transaction = await prove(transactionWitness(executed));
      await operator.submit(transaction.toBytes());
    } catch (error) {
      for (const { note } of executed.inputs.notes ?? []) this.#fail(note.id);
      throw error;
    }
    return true;
  }

  #fail(note: Word): void {
    const key = wordKey(note);
    this.#failed.set(key, (this.#failed.get(key) ?? 0) + 1);
  }

  #notesFor(id: AccountId, scripts: readonly Word[]): KnownNote[] {
    const { state } = this.#options.operator;
    const next = state.tip.number + 1;
    return state.networkNotes
      .waiting(id, LOOKED_AT)
      .map(({ block, batch, position }) => state.notes.at(block, batch, position))
      .filter(({ id: noteId, note }) => {
        if (note.kind !== 'public' || (this.#failed.get(wordKey(noteId)) ?? 0) >= ATTEMPTS) return false;
        const hint = readNetworkNote(note.note)?.hint;
        const { root } = note.note.recipient.script;
        return (
          hint !== undefined &&
          isConsumable(hint, next) !== false &&
          // One like it may have been consumed before it was made.
          state.nullifiers.block(note.note.nullifier) === undefined &&
          scripts.some((script) => wordsEqual(script, root))
        );
      })
      .slice(0, NOTES_AT_ONCE);
  }

  /** Leaves out notes that cannot be consumed, until there is a transaction or no note. */
  #execute(account: Account, notes: readonly KnownNote[]) {
    const { kernel, onFailure } = this.#options;
    let left = notes;
    while (left.length > 0) {
      try {
        return executeTransaction(kernel, this.#inputs(account, left), {}, this.#lookup);
      } catch (error) {
        const failed = error instanceof TransactionFailure ? (error.note?.index ?? 0) : undefined;
        if (failed === undefined) throw error;
        // Where no note is to blame, each of them might be: the first one waits.
        this.#fail(left[failed].id);
        onFailure(account.id, error);
        left = left.filter((_, i) => i !== failed);
      }
    }
    return undefined;
  }

  #inputs(account: Account, known: readonly KnownNote[]): TransactionInputs<Account> {
    const { operator } = this.#options;
    const { state, network } = operator;
    const { tip } = state;
    const chain = new PartialMmr(tip.number, state.chain.peaks(tip.number));
    const notes = known.flatMap((each): InputNote[] => {
      if (each.note.kind !== 'public') return [];
      if (each.block < tip.number) chain.track(state.chain.open(each.block, tip.number));
      return [{ note: each.note.note, inclusion: state.inclusion(each) }];
    });
    const recipients = notes.flatMap(({ note }) => this.#minted(note));
    return { account, block: tip, notes, chain, config: network.config, recipients };
  }

  /** Of the public note that a MINT note makes, if it is one whose script is known. */
  #minted(note: Note): NoteRecipient[] {
    const { kernel } = this.#options;
    const minted = readMint(kernel, note.recipient);
    const script = standardNoteScript(kernel, P2ID);
    return minted?.type === 'public' && wordsEqual(minted.scriptRoot, script.root)
      ? [mintedRecipient(minted, script)]
      : [];
  }

  /** Other public accounts, whose code this one calls. */
  readonly #lookup: ForeignLookup = (id) => {
    const { state } = this.#options.operator;
    const account = state.accounts.publicAccount(id);
    return account && { account, witness: state.accountProof(id) };
  };
}
