import { KilnError } from '../../core/errors.ts';
import type { OnProgress, Phase } from '../../core/stark/backend.ts';
import type { Backends } from '../../core/stark/backends.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import {
  type Failure,
  type ProofJob,
  type ProofResult,
  profileOf,
  type Reply,
  readRequest,
} from './messages.ts';

/** Jobs that may wait, on all ports together: each holds its traces. */
const MAX_JOBS = 16;
/** Progress is told at most this often, in ms, save the ends of phases. */
const PROGRESS_MS = 50;

/** Makes proofs for whoever is connected, one after the other in the order they were asked for. */
export class ProverService {
  readonly #backends: Backends;
  #jobs = 0;
  /** Settles when all jobs so far have. */
  #last: Promise<void> = Promise.resolve();

  constructor(backends: Backends) {
    this.#backends = backends;
  }

  /** Serves requests that come in on the port. */
  connect(port: MessagePort): void {
    const running = new Map<number, AbortController>();
    const reply = (message: Reply): void => port.postMessage(message);
    port.addEventListener('message', ({ data }) => {
      const job = Number(data?.job);
      try {
        const request = readRequest(data);
        if (request.type === 'cancel') running.get(job)?.abort();
        else if (running.has(job)) throw duplicate();
        else {
          const abort = new AbortController();
          running.set(job, abort);
          void this.#serve(job, request.proof, abort.signal, reply).finally(() => running.delete(job));
        }
      } catch (error) {
        reply({ type: 'failed', job, error: failureOf(error) });
      }
    });
    port.start();
  }

  async #serve(job: number, proof: ProofJob, signal: AbortSignal, reply: (message: Reply) => void) {
    const onProgress = sparingly((phase, fraction) => reply({ type: 'progress', job, phase, fraction }));
    const onNote = (text: string): void => reply({ type: 'note', job, text });
    try {
      const result = await this.#inTurn(() => this.#prove(proof, signal, onProgress, onNote), signal);
      reply({ type: 'done', job, ...result });
    } catch (error) {
      reply({ type: 'failed', job, error: failureOf(error) });
    }
  }

  #prove(
    job: ProofJob,
    signal: AbortSignal,
    onProgress: OnProgress,
    onNote: (text: string) => void,
  ): Promise<ProofResult> {
    return this.#backends.run(
      job.backend,
      async (backend) => {
        const options = { profile: profileOf(job), backend, signal, onProgress };
        const proof = await proveExecution(job.claim, job.traces, options);
        return { proof, backend: backend.name, description: backend.description };
      },
      (failed, reason, next) => onNote(`${failed}: ${reason.message} Proving goes on with ${next}.`),
    );
  }

  /** Runs `work` when all earlier work is done; rejects at once when the signal aborts before that. */
  async #inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#jobs === MAX_JOBS) throw busy();
    this.#jobs++;
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    try {
      await Promise.race([before, aborted(signal)]);
      return await work();
    } finally {
      this.#jobs--;
      // Whoever left the queue early must not let the next one pass those before.
      void before.then(turn.resolve);
    }
  }
}

/** Rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new KilnError('cancelled', 'Proving was cancelled.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

const duplicate = (): KilnError =>
  new KilnError('duplicate-job', 'A proof with this number is already being made.');
const busy = (): KilnError =>
  new KilnError('prover-busy', 'Too many proofs are waiting.', {
    details: `At most ${MAX_JOBS} proofs wait for their turn.`,
    advice: 'Ask again when one of them is done.',
  });

/** Passes on the ends of phases, and of the rest what is not too soon after the last. */
function sparingly(onProgress: OnProgress): OnProgress {
  let last: Phase | undefined;
  let next = 0;
  return (phase, fraction) => {
    const now = performance.now();
    if (phase === last && fraction < 1 && now < next) return;
    last = phase;
    next = now + PROGRESS_MS;
    onProgress(phase, fraction);
  };
}

/** An error as it crosses a port. What is no `KilnError` is a defect, and says where. */
function failureOf(error: unknown): Failure {
  if (error instanceof KilnError) {
    const { kind, message, details, advice } = error;
    return { kind, message, details, advice };
  }
  return {
    kind: 'internal',
    message: 'Something went wrong inside the prover.',
    details: error instanceof Error ? (error.stack ?? error.message) : String(error),
    advice: 'This is a defect: please report it with the lines above.',
  };
}
