import { Backends } from '../../core/stark/backends.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { openWebGpuBackend } from '../../core/stark/webgpu/backend.ts';
import { openWebGpu } from '../platform/web-gpu.ts';
import { webWorkerHost } from '../platform/web-workers.ts';
import { ProverService } from './service.ts';

const service = new ProverService(
  new Backends([
    // A software adapter is slower than the CPU's own kernels, and serves only who asks for it.
    { name: 'webgpu', open: async (named) => openWebGpuBackend(await openWebGpu({ hardwareOnly: !named })) },
    { name: 'cpu', open: async () => new CpuBackend({ host: webWorkerHost }) },
  ]),
);
addEventListener('message', ({ ports }) => {
  for (const port of ports) service.connect(port);
});
