import { availableParallelism } from 'node:os';
import type { Backend, BackendName } from '../core/stark/backend.ts';
import { CpuBackend } from '../core/stark/cpu/backend.ts';
import { ReferenceBackend } from '../core/stark/reference/backend.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';
import type { OptionSpecs, Options } from './options.ts';

const NAMES: readonly BackendName[] = ['cpu', 'reference'];

export const BACKEND_OPTIONS: OptionSpecs = {
  backend: { value: 'NAME', help: `${NAMES.join(' or ')} (cpu if not given)` },
  threads: { value: 'N', help: 'threads of the cpu backend (all cores if not given)' },
};

export interface BackendChoice {
  readonly name: BackendName | undefined;
  readonly threads: number;
}

export const backendChoice = (options: Options): BackendChoice => ({
  name: options.choice('backend', NAMES),
  threads: options.integer('threads', 1, 256) ?? availableParallelism(),
});

function open({ name, threads }: BackendChoice): Backend {
  return name === 'reference' ? new ReferenceBackend() : new CpuBackend({ host: nodeWorkerHost, threads });
}

/** Runs `work` on the chosen backend and closes it. */
export async function withBackend<T>(
  choice: BackendChoice,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = open(choice);
  try {
    return await work(backend);
  } finally {
    await backend.close();
  }
}
