import { availableParallelism } from 'node:os';
import type { Backend, BackendName } from '../core/stark/backend.ts';
import { type BackendOffer, Backends } from '../core/stark/backends.ts';
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

/** Backends are loaded when they are asked for: a command that needs none starts faster. */
const offer = (name: BackendName, threads: number): BackendOffer => ({
  name,
  async open(named) {
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
    return openWebGpuBackend(await openNodeGpu({ hardwareOnly: !named }));
  },
});

/**
 * Runs `work` on the chosen backend and closes it. A named backend is used or the command fails. Without a name: WebGPU
 * on a hardware adapter; where there is none, or it fails on the way, `work` runs on the CPU from the start, after `note`
 * has been told why (see {@link Backends}).
 */
export async function withBackend<T>(
  { name, threads }: BackendChoice,
  note: (text: string) => void,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const names = name === undefined ? (['webgpu', 'cpu'] as const) : [name];
  const backends = new Backends(names.map((each) => offer(each, threads)));
  try {
    return await backends.run(name, work, (failed, reason, next) =>
      note(`${failed}: ${reason.message} Proving goes on with ${next}.`),
    );
  } finally {
    await backends.close();
  }
}
