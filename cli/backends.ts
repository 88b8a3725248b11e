import { availableParallelism } from 'node:os';
import { KilnError } from '../core/errors.ts';
import type { Backend, BackendName } from '../core/stark/backend.ts';
import { openCpuBackend } from '../core/stark/cpu/backend.ts';
import { ReferenceBackend } from '../core/stark/reference/backend.ts';
import { openWebGpuBackend } from '../core/stark/webgpu/backend.ts';
import { openNodeGpu } from '../main/platform/node-webgpu.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';
import type { OptionSpecs, Options } from './options.ts';

const NAMES: readonly BackendName[] = ['webgpu', 'cpu', 'reference'];

export const BACKEND_OPTIONS: OptionSpecs = {
  backend: {
    value: 'NAME',
    help: `${NAMES.join(', ')} (webgpu on a hardware adapter, else cpu, if not given)`,
  },
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

const isFallback = (error: unknown): error is KilnError =>
  error instanceof KilnError && ['backend-unavailable', 'device-lost', 'out-of-memory'].includes(error.kind);

async function open(name: BackendName, threads: number, hardwareOnly: boolean): Promise<Backend> {
  if (name === 'reference') return new ReferenceBackend();
  if (name === 'cpu') return openCpuBackend(nodeWorkerHost(), { threads });
  return openWebGpuBackend(await openNodeGpu({ hardwareOnly }));
}

/**
 * Runs `work` on the chosen backend and closes it. Without a choice: WebGPU on a hardware adapter, and if there is none,
 * or it is lost or out of memory on the way, the cpu backend, after `note` has said so. A named backend never changes.
 */
export async function withBackend<T>(
  choice: BackendChoice,
  note: (text: string) => void,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const attempt = async (name: BackendName, hardwareOnly: boolean): Promise<T> => {
    const backend = await open(name, choice.threads, hardwareOnly);
    try {
      return await work(backend);
    } finally {
      await backend.close();
    }
  };
  if (choice.name !== undefined) return attempt(choice.name, false);
  try {
    return await attempt('webgpu', true);
  } catch (error) {
    if (!isFallback(error)) throw error;
    note(`WebGPU: ${error.message} Proving on the CPU.`);
    return attempt('cpu', false);
  }
}
