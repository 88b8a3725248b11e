import { test } from 'node:test';
import { nodeWorkerHost } from '../../../main/platform/node-workers.ts';
import { checkBackend } from '../backend.conformance.ts';
import { CpuBackend } from './backend.ts';

for (const threads of [1, 2]) {
  test(`the CPU backend conforms on ${threads} thread(s)`, { timeout: 120_000 }, async () => {
    const backend = new CpuBackend({ host: nodeWorkerHost, threads });
    try {
      await checkBackend(backend, { walkLogs: threads === 1 ? [6] : [6, 7, 10] });
    } finally {
      await backend.close();
    }
  });
}
