import { availableParallelism } from 'node:os';
import { KilnError } from '../core/errors.ts';
import type { Backend, BackendName } from '../core/stark/backend.ts';
import type { OptionSpecs, Options } from './options.ts';

const NAMES: readonly BackendName[] = ['webgpu', 'cpu', 'reference'];

export const BACKEND_OPTIONS: OptionSpecs = {
  backend: { value: 'NAME', help: `${NAMES.join(', ')} (webgpu on a GPU, else cpu, if not given)` },
  threads: { value: 'N', help: 'threads of the cpu backend (all cores if not given)' },
};

export interface BackendChoice {
  /** Not given: WebGPU on a hardware adapter, else the CPU. */
  readonly name: BackendName | undefined;
  readonly threads: number;
}

export const backendChoice = (options: Options): BackendChoice => ({
  name: options.choice('backend', NAMES),
  threads: options.integer('threads', 1, 256) ?? availableParallelism(),
});

/** What a proof may move to the CPU for; anything else is the user's to know. */
const FALLBACK_KINDS = ['backend-unavailable', 'device-lost', 'out-of-memory'];

/** Backends are loaded when they are asked for: a command that needs none starts faster. */
async function open(name: BackendName, threads: number, hardwareOnly: boolean): Promise<Backend> {
  if (name === 'reference') {
    const { ReferenceBackend } = await import('../core/stark/reference/backend.ts');
    return new ReferenceBackend();
  }
  if (name === 'cpu') {
    const { CpuBackend } = await import('../core/stark/cpu/backend.ts');
    const { nodeWorkerHost } = await import('../main/platform/node-workers.ts');
    return new CpuBackend({ host: nodeWorkerHost, threads });
  }
  const { openWebGpuBackend } = await import('../core/stark/webgpu/backend.ts');
  const { openNodeGpu } = await import('../main/platform/node-webgpu.ts');
  return openWebGpuBackend(await openNodeGpu({ hardwareOnly }));
}

/**
 * Runs `work` on the chosen backend and closes it. A named backend is used or the command fails. Without a name: WebGPU
 * on a hardware adapter; where there is none, or the device is lost or out of memory on the way, `work` runs on the CPU
 * from the start, after `note` has been told why.
 */
export async function withBackend<T>(
  { name, threads }: BackendChoice,
  note: (text: string) => void,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const attempt = async (which: BackendName, hardwareOnly: boolean): Promise<T> => {
    const backend = await open(which, threads, hardwareOnly);
    try {
      return await work(backend);
    } finally {
      await backend.close();
    }
  };
  if (name !== undefined) return attempt(name, false);
  try {
    return await attempt('webgpu', true);
  } catch (error) {
    if (!(error instanceof KilnError && FALLBACK_KINDS.includes(error.kind))) throw error;
    note(`${error.message} Proving on the CPU.`);
    return attempt('cpu', false);
  }
}
