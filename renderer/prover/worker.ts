import { Backends } from '../../core/stark/backends.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { webWorkerHost } from '../platform/web-workers.ts';
import { ProverService } from './service.ts';

const service = new ProverService(
  new Backends([{ name: 'cpu', open: async () => new CpuBackend({ host: webWorkerHost }) }]),
);
addEventListener('message', ({ ports }) => {
  for (const port of ports) service.connect(port);
});
