import { randomWord } from '../../core/hash/random-word.ts';
import { wordKey } from '../../core/hash/word.ts';
import { runPaced } from '../../core/pace.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { executingTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { p2idNote } from '../../core/protocol/standards/p2id.ts';
import { transactionWitness } from '../../core/protocol/transaction/executed-transaction.ts';
import type { Backend } from '../../core/stark/backend.ts';
import type { Operator } from '../../operator/operator.ts';
import type { Output } from '../output.ts';
import { round } from '../phase-clock.ts';
import { ProgressBar } from '../progress.ts';
import type { Owner } from './accounts.ts';
import type { ChainClient } from './chain-client.ts';

/** A transaction that an operator accepted. */
export interface Submitted {
  readonly id: string;
  readonly kind: string;
  readonly account: string;
  readonly proofBytes: number;
  readonly bytes: Uint8Array;
  readonly ms: { readonly execute: number; readonly prove: number; readonly submit: number };
}

interface Parts {
  readonly kernel: TransactionKernel;
  readonly backend: Backend;
  readonly operator: Operator;
  readonly client: ChainClient;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Owners who execute and prove on their own, and hand to the operator what it may know. */
export class DemoWallets {
  readonly #parts: Parts;
  readonly transactions: Submitted[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A private note to another owner. */
  paying(from: Owner, to: Owner, issuer: Owner, amount: bigint): Note {
    const [first, second] = randomWord();
    return p2idNote(this.#parts.kernel, {
      sender: from.account.id,
      target: to.account.id,
      serial: randomWord(),
      salt: [first, second],
      assets: [Asset.fungible(issuer.account.id, amount)],
    });
  }

  /** Consumes notes; those that are in no block yet are consumed all the same, and the operator learns which they are. */
  consume(
    owner: Owner,
    kind: string,
    notes: readonly Note[],
    onProven?: (bytes: Uint8Array) => Promise<void>,
  ): Promise<Submitted> {
    const { client } = this.#parts;
    const inputs = {
      notes: notes.map((note) => {
        const inclusion = client.inclusion(note.id);
        return inclusion ? { note, inclusion } : { note };
      }),
    };
    return this.submit(owner, kind, inputs, onProven);
  }

  /**
   * Executes on the state that the owner's last transaction left, in a block or not, proves and submits. `onProven` sees the
   * bytes before the operator does.
   */
  async submit(
    owner: Owner,
    kind: string,
    inputs: Partial<TransactionInputs>,
    onProven?: (bytes: Uint8Array) => Promise<void>,
  ): Promise<Submitted> {
    const { kernel, backend, operator, client, output, signal } = this.#parts;
    const started = performance.now();
    const all = { account: owner.account, block: client.header, chain: client.chain, ...inputs };
    const steps = executingTransaction(kernel, all, { secret: () => owner.secret });
    const executed = await runPaced(steps, { signal });
    const proving = performance.now();
    const bar = new ProgressBar(output);
    const { onProgress } = bar;
    const witness = transactionWitness(executed);
    const { transaction } = await proveTransaction(witness, { backend, signal, onProgress });
    output.status();
    const proved = performance.now() - proving;
    const bytes = transaction.toBytes();
    await onProven?.(bytes);
    const submitting = performance.now();
    const { id } = await operator.submit(bytes);
    const done = performance.now();
    owner.account = executed.account;
    const submitted: Submitted = {
      id: `0x${wordKey(id)}`,
      kind,
      account: owner.name,
      proofBytes: transaction.proof.length,
      bytes,
      ms: {
        execute: round(proving - started),
        prove: round(proved),
        submit: round(done - submitting),
      },
    };
    this.transactions.push(submitted);
    output.line(
      `${this.transactions.length}. ${owner.name}: ${kind}, proved in ${(proved / 1000).toFixed(1)} s, accepted in ${submitted.ms.submit} ms`,
    );
    return submitted;
  }
}
