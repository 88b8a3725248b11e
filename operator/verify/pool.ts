import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type BlockHeader, blockHeaderToBytes } from '../../core/protocol/block/block-header.ts';
import type { KernelIdentity } from '../../core/protocol/prover/claim.ts';
import { OperatorError } from '../errors.ts';
import type { VerifyReply, VerifyRequest } from './messages.ts';

interface Job {
  readonly request: VerifyRequest;
  readonly resolve: (logHeights: readonly number[]) => void;
  readonly reject: (error: Error) => void;
}
interface Seat {
  worker: Worker;
  job: Job | undefined;
  deadline: NodeJS.Timeout | undefined;
}

export interface VerifierPoolOptions {
  /** As many as the machine has cores if not given. */
  readonly threads?: number;
  /** Transactions that may wait for a thread. */
  readonly queue?: number;
  /** What verifying one may take, ms; it takes some 10. */
  readonly deadline?: number;
}

/** Verifies proofs of transactions on threads, so that whoever asks goes on. */
export class VerifierPool {
  readonly #kernel: KernelIdentity;
  readonly #seats: Seat[];
  readonly #waiting: Job[] = [];
  readonly #queue: number;
  readonly #deadline: number;
  #ticket = 0;
  #closed = false;

  constructor(
    kernel: KernelIdentity,
    { threads = availableParallelism(), queue = 1024, deadline = 10_000 }: VerifierPoolOptions = {},
  ) {
    this.#kernel = kernel;
    this.#queue = queue;
    this.#deadline = deadline;
    this.#seats = Array.from({ length: threads }, () => ({
      worker: this.#spawn(),
      job: undefined,
      deadline: undefined,
    }));
  }

  /**
   * Resolves to the heights of the traces if the transaction's proof holds against this block. Rejects with an
   * `OperatorError`: `proof-refused` with the verifier's reason, `busy` if too many wait.
   */
  verify(transaction: Uint8Array, block: BlockHeader): Promise<readonly number[]> {
    if (this.#closed || this.#waiting.length >= this.#queue)
      return Promise.reject(
        new OperatorError('busy', 'The operator has too many proofs to verify.', {
          advice: 'Submit it again later.',
        }),
      );
    const request = {
      ticket: this.#ticket++,
      kernel: this.#kernel,
      transaction,
      header: blockHeaderToBytes(block),
    };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#work();
    });
  }

  #work(): void {
    for (const seat of this.#seats) {
      if (seat.job) continue;
      const job = this.#waiting.shift();
      if (!job) return;
      seat.job = job;
      seat.deadline = setTimeout(
        () => this.#replace(seat, new Error('verifying took too long')),
        this.#deadline,
      );
      seat.worker.postMessage(job.request);
    }
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', (reply: VerifyReply) => this.#settle(worker, reply));
    worker.on('error', (error) => this.#fail(worker, error));
    return worker;
  }

  #settle(worker: Worker, reply: VerifyReply): void {
    const seat = this.#seats.find((each) => each.worker === worker);
    const job = seat?.job;
    if (!seat || job?.request.ticket !== reply.ticket) return;
    clearTimeout(seat.deadline);
    seat.job = undefined;
    if ('logHeights' in reply) job.resolve(reply.logHeights);
    else {
      const { kind, message, details, advice } = reply.refused;
      job.reject(
        new OperatorError('proof-refused', `The proof was refused: ${message}`, {
          details: `${kind}: ${details}`,
          advice,
        }),
      );
    }
    this.#work();
  }

  #fail(worker: Worker, error: unknown): void {
    const seat = this.#seats.find((each) => each.worker === worker);
    if (seat) this.#replace(seat, error);
  }

  /** A thread that failed or hangs is ended, and its transaction with it: what did this once would do it again. */
  #replace(seat: Seat, cause: unknown): void {
    clearTimeout(seat.deadline);
    const { job, worker } = seat;
    seat.job = undefined;
    if (this.#closed) return;
    seat.worker = this.#spawn();
    void worker.terminate();
    job?.reject(
      new OperatorError('proof-refused', 'The proof could not be verified.', {
        details: cause instanceof Error ? cause.message : String(cause),
        cause,
      }),
    );
    this.#work();
  }

  /** Ends the threads; those who wait are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const stopped = new OperatorError('busy', 'The operator is stopping.', {
      advice: 'Submit it again when it runs.',
    });
    for (const { job, deadline } of this.#seats) {
      clearTimeout(deadline);
      job?.reject(stopped);
    }
    for (const { reject } of this.#waiting.splice(0)) reject(stopped);
    await Promise.all(this.#seats.map(({ worker }) => worker.terminate()));
  }
}
