import { KilnError } from '../../core/errors.ts';
import type { OnProgress } from '../../core/stark/backend.ts';
import {
  CONNECT,
  type ProofJob,
  type ProofResult,
  type Reply,
  type Request,
  writeRequest,
} from './messages.ts';

export interface ProveOptions {
  /** Stops the work; the promise then rejects with kind `cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** What the user should know meanwhile, such as a change of backend. */
  readonly onNote?: (text: string) => void;
}

interface Waiting extends ProveOptions {
  resolve(result: ProofResult): void;
  reject(error: KilnError): void;
}

/** Connects to the proving page in `page`, a window of this origin that has loaded it. */
export function connectToProver(page: Window): ProverClient {
  const [jobs, lifeline] = [new MessageChannel(), new MessageChannel()];
  page.postMessage(CONNECT, location.origin, [jobs.port2, lifeline.port2]);
  return new ProverClient(jobs.port1, lifeline.port1);
}

/** The other end of a port that a `ProverService` serves; a message on `lifeline` says that it does no more. */
export class ProverClient {
  readonly #port: MessagePort;
  readonly #lifeline: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #closed = false;

  constructor(port: MessagePort, lifeline: MessagePort) {
    this.#port = port;
    this.#lifeline = lifeline;
    port.addEventListener('message', ({ data }) => this.#receive(data as Reply));
    lifeline.addEventListener('message', () => this.#end());
    port.start();
    lifeline.start();
  }

  /**
   * Proves a claim from the traces of its run. The arrays of the traces are handed over: they are empty afterwards.
   * Rejects with the prover's `KilnError`; kind `prover-gone` when its thread or page is no more.
   */
  prove(proof: ProofJob, options: ProveOptions = {}): Promise<ProofResult> {
    const { signal } = options;
    if (this.#closed) return Promise.reject(gone());
    if (signal?.aborted) return Promise.reject(new KilnError('cancelled', 'Proving was cancelled.'));
    const job = this.#next++;
    const cancel = (): void => this.#send({ type: 'cancel', job });
    signal?.addEventListener('abort', cancel);
    const { promise, resolve, reject } = Promise.withResolvers<ProofResult>();
    this.#waiting.set(job, { ...options, resolve, reject });
    this.#send({ type: 'prove', job, proof });
    return promise.finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Cancels what is under way and lets go of the prover. */
  close(): void {
    for (const job of this.#waiting.keys()) this.#send({ type: 'cancel', job });
    this.#end();
  }

  #send(request: Request): void {
    const { message, transfer } = writeRequest(request);
    this.#port.postMessage(message, transfer);
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.job);
    if (!waiting) return;
    if (reply.type === 'progress') waiting.onProgress?.(reply.phase, reply.fraction);
    else if (reply.type === 'note') waiting.onNote?.(reply.text);
    else {
      this.#waiting.delete(reply.job);
      if (reply.type === 'done') {
        const { proof, backend, description } = reply;
        waiting.resolve({ proof, backend, description });
      } else {
        const { kind, message, ...more } = reply.error;
        waiting.reject(new KilnError(kind, message, more));
      }
    }
  }

  #end(): void {
    this.#closed = true;
    this.#port.close();
    this.#lifeline.close();
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}

const gone = (): KilnError =>
  new KilnError('prover-gone', 'The prover has stopped.', {
    details: 'Its thread died or could not start, or the connection to it was closed.',
    advice: 'Try again; if it happens again, prove with the kiln command.',
  });
