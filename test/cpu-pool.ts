import { after } from 'node:test';
import { Pool } from '../core/stark/cpu/pool.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';

/** A pool for a test file, closed when its tests are done. */
export async function testPool(threads = 2): Promise<Pool> {
  const pool = await Pool.create(nodeWorkerHost, threads, 2 ** 32);
  after(() => pool.close());
  return pool;
}
