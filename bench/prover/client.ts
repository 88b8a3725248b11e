import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KilnAnswer, KilnRequest } from './process.ts';

/** Compiled modules, as the command line keeps them: without them a process starts later and larger. */
const COMPILE_CACHE = fileURLToPath(new URL('../../build/compile-cache', import.meta.url));

/** A process of its own that proves, so that what it holds is the prover's and nobody else's. */
export class KilnProcess {
  readonly #child: ChildProcess = fork(new URL('./process.ts', import.meta.url), {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });

  async ask(request: KilnRequest): Promise<KilnAnswer> {
    const ended = new AbortController();
    const answer = once(this.#child, 'message', { signal: ended.signal });
    const death = once(this.#child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`Kiln's process ended with ${code}`);
    });
    this.#child.send(request);
    try {
      return (await Promise.race([answer, death]))[0];
    } finally {
      answer.catch(() => {});
      death.catch(() => {});
      ended.abort();
    }
  }

  close(): void {
    this.#child.kill();
  }
}
