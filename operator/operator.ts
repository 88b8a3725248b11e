import { EMPTY_WORD, type Word, wordKey } from '../core/hash/word.ts';
import type { AccountId } from '../core/protocol/account/account-id.ts';
import type { BlockHeader } from '../core/protocol/block/block-header.ts';
import {
  type BlockSignatures,
  signaturesToBytes,
  signBlock,
  validatorKey,
} from '../core/protocol/block/validators.ts';
import { type FeeRules, requireFee } from '../core/protocol/fees.ts';
import type { TransactionKernel } from '../core/protocol/kernel/kernel.ts';
import { kernelIdentity } from '../core/protocol/prover/claim.ts';
import { ProvenTransaction } from '../core/protocol/transaction/proven-transaction.ts';
import { transactionId } from '../core/protocol/transaction/transaction-id.ts';
import {
  AnswerLimit,
  answerSync,
  checkCount,
  checkTags,
  serveAccount,
  serveBlocks,
  serveNote,
} from './answers.ts';
import type {
  MailboxItem,
  OperatorApi,
  OperatorStatus,
  Receipt,
  SyncRequest,
  TagPrefix,
  TransactionStatus,
} from './api.ts';
import { makeBatches } from './block/make-batches.ts';
import { makeBlock } from './block/make-block.ts';
import { OperatorError } from './errors.ts';
import { type Network, networkOf } from './genesis/genesis.ts';
import { Mailbox } from './mailbox.ts';
import { DurableWrites } from './mempool/durable.ts';
import { type Dropped, Mempool, pendingTransaction } from './mempool/mempool.ts';
import { Waiting } from './mempool/waiting.ts';
import { State } from './state/state.ts';
import { VerifierPool } from './verify/pool.ts';

/** Tells whether a transaction's proof holds against the block it refers to: rejects if not. */
export type TransactionVerifier = Pick<VerifierPool, 'verify' | 'close'>;

export interface OperatorOptions {
  /** Where its databases are. */
  readonly folder: string;
  readonly kernel: TransactionKernel;
  /** Secret keys of those validators that sign here: enough for the quorum. */
  readonly validators: readonly Uint8Array[];
  readonly version: string;
  /** Transactions that may wait for a block. */
  readonly maxWaiting?: number;
  /** Threads of this process if not given. */
  readonly verifier?: TransactionVerifier;
  /** Seconds since 1970. */
  readonly now?: () => number;
}

const MAX_WAITING = 20_000;
const systemClock = (): number => Math.floor(Date.now() / 1000);

/** An operator: takes transactions, makes blocks of them when it is told to, and answers for the state. */
export class Operator implements OperatorApi {
  readonly network: Network;
  readonly #state: State;
  readonly #mempool: Mempool;
  readonly #waiting: Waiting;
  readonly #writes: DurableWrites;
  readonly #mailbox: Mailbox;
  readonly #verifier: TransactionVerifier;
  readonly #feeRules: Omit<FeeRules, 'block'>;
  /** By public key. */
  readonly #secrets: ReadonlyMap<string, Uint8Array>;
  readonly #version: string;
  readonly #now: () => number;
  /** Transactions that are being accepted, by id. */
  readonly #accepting = new Map<string, Promise<Receipt>>();
  readonly #listeners = new Set<(header: BlockHeader) => void>();

  private constructor(state: State, network: Network, options: OperatorOptions) {
    this.#state = state;
    this.#now = options.now ?? systemClock;
    this.#version = options.version;
    this.network = network;
    if (wordKey(network.genesis.block.commitment) !== wordKey(state.view(0) ?? EMPTY_WORD))
      throw new OperatorError(
        'database-damaged',
        'The first block is not the one that the genesis file makes.',
      );
    this.#secrets = bySecrets(options.validators);
    this.#feeRules = { config: network.config, standards: options.kernel };
    this.#mempool = new Mempool(state, options.maxWaiting ?? MAX_WAITING);
    this.#waiting = new Waiting(state.database);
    this.#writes = new DurableWrites(this.#waiting, this.#now, (id) => this.#mempool.has(id));
    this.#mailbox = new Mailbox(state.database);
    this.#restore();
    this.#verifier = options.verifier ?? new VerifierPool(kernelIdentity(options.kernel.program));
  }

  /**
   * Opens the operator of a folder, or begins the network of a genesis file in it. Throws `OperatorError`, also if the folder
   * has another network than the genesis file given.
   */
  static open(options: OperatorOptions, genesis?: Uint8Array): Operator {
    let state = State.open(options.folder);
    if (!state && !genesis)
      throw new OperatorError('network-unknown', 'There is no network in this folder.', {
        advice: 'Begin one with a genesis file.',
      });
    try {
      if (state && genesis && Buffer.compare(genesis, state.genesisSource) !== 0)
        throw new OperatorError('network-unknown', 'This folder has another network.', {
          advice: 'Choose another folder, or leave the genesis file out.',
        });
      const network = networkOf(state?.genesisSource ?? genesis!, options.kernel);
      requireValidators(network, options.validators);
      state ??= State.create(options.folder, network.genesis);
      return new Operator(state, network, options);
    } catch (error) {
      state?.close();
      throw error;
    }
  }

  /** Those who waited when it stopped: accepted, so their proofs were verified. */
  #restore(): void {
    const dropped: Dropped[] = [];
    for (const bytes of this.#waiting.all()) {
      const pending = pendingTransaction(ProvenTransaction.fromBytes(bytes));
      try {
        this.#mempool.add(pending);
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        dropped.push({ id: pending.id, reason: error });
      }
    }
    this.#waiting.drop(dropped, this.#state.tip.number);
  }

  /** The state, for what runs in the same process. */
  get state(): State {
    return this.#state;
  }
  /** Transactions that wait for a block. */
  get waiting(): number {
    return this.#mempool.size;
  }
  /** Whether a transaction on this account waits for a block. */
  isWaiting(id: AccountId): boolean {
    return this.#mempool.hasAccount(id);
  }
  /** Calls back after every block; what it returns ends that. */
  onBlock(listener: (header: BlockHeader) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes the next block of what waits, an empty one if nothing does; it is on disk when this returns. */
  makeBlock(): BlockHeader {
    const state = this.#state;
    const batches = makeBatches(state, this.#mempool.transactions);
    const block = makeBlock(state, { batches, shown: [] }, this.#now());
    const included = batches.flatMap(({ transactions }) => transactions);
    const ids = batches.flatMap(({ headers }) => headers.map(transactionId));
    state.apply(
      {
        block,
        signatures: signaturesToBytes(this.#sign(block.commitment)),
        transactions: included.map((transaction) => transaction.toBytes()),
      },
      () => {
        for (const id of ids) this.#waiting.remove(id);
      },
    );
    this.#waiting.drop(this.#mempool.settle(new Set(ids.map(wordKey))), block.header.number);
    for (const listener of this.#listeners) listener(block.header);
    return block.header;
  }

  #sign(commitment: Word): BlockSignatures {
    return this.network.validators.keys.map((key) => {
      const secret = this.#secrets.get(keyText(key));
      return secret && signBlock(commitment, secret);
    });
  }

  async submit(bytes: Uint8Array): Promise<Receipt> {
    const transaction = ProvenTransaction.fromBytes(bytes);
    const { id } = transaction;
    const known = this.#receipt(id);
    if (known) return known;
    const key = wordKey(id);
    // Whoever submits it a second time while the first is on its way gets the same answer.
    const accepting = this.#accepting.get(key) ?? this.#accept(transaction, bytes);
    this.#accepting.set(key, accepting);
    try {
      return await accepting;
    } finally {
      this.#accepting.delete(key);
    }
  }

  async #accept(transaction: ProvenTransaction, bytes: Uint8Array): Promise<Receipt> {
    const { id } = transaction;
    const pending = pendingTransaction(transaction);
    // Before the proof is verified, which takes long, and after, since much can happen in between.
    this.#mempool.check(pending);
    const block = this.#state.blocks.header(transaction.referenceBlock)!;
    requireFee(transaction, await this.#verifier.verify(bytes, block), { ...this.#feeRules, block });
    this.#mempool.add(pending);
    try {
      return { id, acceptedAt: await this.#writes.write(id, bytes) };
    } catch (error) {
      this.#waiting.drop(this.#mempool.settle(new Set([wordKey(id)])), this.#state.tip.number);
      throw error;
    }
  }

  /** Of a transaction that is on disk already. */
  #receipt(id: Word): Receipt | undefined {
    const waiting = this.#waiting.receipt(id);
    if (waiting) return waiting;
    const committed = this.#state.blocks.transaction(id);
    return committed && { id, acceptedAt: this.#state.blocks.header(committed.block)!.timestamp };
  }

  async transaction(id: Word): Promise<TransactionStatus> {
    const committed = this.#state.blocks.transaction(id);
    if (committed) return { stage: 'committed', block: committed.block };
    if (this.#waiting.receipt(id)) return { stage: 'waiting' };
    return this.#waiting.dropped(id) ?? { stage: 'unknown' };
  }

  async status(): Promise<OperatorStatus> {
    return {
      version: this.#version,
      network: this.network.name,
      genesis: this.network.genesis.block.commitment,
      tip: this.#state.tip,
      epochLogBlocks: this.#state.epochLogBlocks,
      waiting: this.#mempool.size,
    };
  }
  async genesis(): Promise<Uint8Array> {
    return this.network.genesis.source;
  }
  async sync(request: SyncRequest) {
    return answerSync(this.#state, request);
  }
  async blocks(request: Parameters<OperatorApi['blocks']>[0]) {
    return serveBlocks(this.#state, request);
  }
  async accounts(ids: readonly AccountId[]) {
    checkCount('accounts', ids.length, AnswerLimit.ACCOUNTS);
    return { header: this.#state.tip, accounts: ids.map((id) => serveAccount(this.#state, id)) };
  }
  async nullifiers(nullifiers: readonly Word[]) {
    checkCount('nullifiers', nullifiers.length, AnswerLimit.NULLIFIERS);
    return {
      header: this.#state.tip,
      proofs: nullifiers.map((nullifier) => this.#state.nullifierProof(nullifier)),
    };
  }
  async notes(ids: readonly Word[]) {
    checkCount('notes', ids.length, AnswerLimit.NOTE_IDS);
    const header = this.#state.tip;
    const found = ids.flatMap((id) => this.#state.notes.find(id) ?? []);
    return { header, notes: found.map((note) => serveNote(this.#state, header, note)) };
  }
  async epoch(epoch: number) {
    return this.#state.blocks.epoch(epoch);
  }
  async post(item: MailboxItem): Promise<void> {
    this.#mailbox.post(item, this.#now());
  }
  async mailbox({ tags, after }: { readonly tags: readonly TagPrefix[]; readonly after: number }) {
    checkTags(tags);
    return this.#mailbox.items(tags, after);
  }

  /** Writes what is not on disk yet and lets go of the folder. */
  async close(): Promise<void> {
    await this.#verifier.close();
    this.#writes.flush();
    this.#state.close();
  }
}

const keyText = (key: Uint8Array): string => Buffer.from(key).toString('hex');

const bySecrets = (secrets: readonly Uint8Array[]): Map<string, Uint8Array> =>
  new Map(secrets.map((secret) => [keyText(validatorKey(secret)), secret]));

/** Blocks that too few validators signed would be refused by everybody else. */
function requireValidators({ validators }: Network, secrets: readonly Uint8Array[]): void {
  const own = bySecrets(secrets);
  const present = validators.keys.filter((key) => own.has(keyText(key))).length;
  if (present >= validators.quorum) return;
  throw new OperatorError('validators-missing', 'The keys of too few validators are here to sign blocks.', {
    details: `${present}, and ${validators.quorum} must sign`,
    advice: 'Give the secret keys of the validators that the genesis file names.',
  });
}
