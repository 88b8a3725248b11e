import { wordsEqual } from '../../core/hash/word.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { checkSignatures, signaturesFromBytes } from '../../core/protocol/block/validators.ts';
import { type FeeRules, requireFee } from '../../core/protocol/fees.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { transactionId } from '../../core/protocol/transaction/transaction-id.ts';
import type { OperatorApi, ServedBlock } from '../api.ts';
import { batchesOf } from '../block/make-batches.ts';
import { OperatorError } from '../errors.ts';
import type { Network } from '../genesis/genesis.ts';
import { pendingTransaction } from '../mempool/mempool.ts';
import type { State } from '../state/state.ts';
import type { VerifierPool } from '../verify/pool.ts';

const BLOCKS_AT_ONCE = 16;
/** Fewer than may wait for a verifier's thread. */
const PROOFS_AT_ONCE = 256;

interface FollowerParts {
  readonly state: State;
  readonly network: Network;
  readonly source: Pick<OperatorApi, 'blocks'>;
  readonly verifier: Pick<VerifierPool, 'verify'>;
  readonly standards: FeeRules['standards'];
}

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Called after each block. */
  readonly onBlock?: (number: number) => void;
}

const refuse = (message: string, details = ''): never => {
  throw new OperatorError('block-refused', message, { details });
};

/**
 * A node that believes nobody: it takes another operator's blocks from the first on, verifies signatures, every transaction's
 * proof and everything that follows from them, and comes to the same state.
 */
export class Follower {
  readonly #state: State;
  readonly #network: Network;
  readonly #source: Pick<OperatorApi, 'blocks'>;
  readonly #verifier: Pick<VerifierPool, 'verify'>;
  readonly #feeRules: Omit<FeeRules, 'block'>;

  constructor({ state, network, source, verifier, standards }: FollowerParts) {
    this.#state = state;
    this.#network = network;
    this.#source = source;
    this.#verifier = verifier;
    this.#feeRules = { config: network.config, standards };
  }

  /**
   * Takes all blocks that there are now; resolves to how many. Rejects with an `OperatorError`, a `ProtocolError` or a
   * `FormatError` at the first that does not hold; those before it are kept.
   */
  async catchUp({ signal, onBlock }: FollowOptions = {}): Promise<number> {
    for (let taken = 0; ; ) {
      const from = this.#state.tip.number + 1;
      const request = { from, count: BLOCKS_AT_ONCE, transactions: true };
      const served = await this.#source.blocks(request, { signal });
      if (served.length === 0) return taken;
      for (const each of served) {
        signal?.throwIfAborted();
        await this.#take(each);
        taken++;
        onBlock?.(this.#state.tip.number);
      }
    }
  }

  async #take({ block: bytes, signatures, transactions }: ServedBlock): Promise<void> {
    const block = Block.fromBytes(bytes);
    checkSignatures(this.#network.validators, block.commitment, signaturesFromBytes(signatures));
    const proven = transactions.map((each) => ProvenTransaction.fromBytes(each));
    block.checkContents({ batches: batchesOf(this.#state, grouped(block, proven)) }, this.#state.view);
    for (let i = 0; i < proven.length; i += PROOFS_AT_ONCE) {
      const some = proven.slice(i, i + PROOFS_AT_ONCE);
      // The batches refer to blocks that are in this chain, and so do their transactions.
      await Promise.all(
        some.map(async (transaction, j) => {
          const header = this.#state.blocks.header(transaction.referenceBlock)!;
          const logHeights = await this.#verifier.verify(transactions[i + j], header);
          requireFee(transaction, logHeights, { ...this.#feeRules, block: header });
        }),
      );
    }
    this.#state.apply({ block, signatures, transactions });
  }
}

/** The transactions of a block, by its batches. */
function grouped({ body }: Block, proven: readonly ProvenTransaction[]) {
  const rest = proven.map(pendingTransaction);
  const groups = body.batches.map(({ transactions }) => {
    const group = rest.splice(0, transactions.length);
    const same =
      group.length === transactions.length &&
      group.every(({ id }, i) => wordsEqual(id, transactionId(transactions[i])));
    return same ? group : refuse('A block comes with other transactions than its own.');
  });
  if (rest.length > 0) refuse('A block comes with other transactions than its own.');
  return groups;
}
