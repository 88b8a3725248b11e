import { midenAirs } from '../core/air/miden.ts';
import * as F from '../core/field/felt.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import { buildLookup } from '../core/stark/cpu/lookup.ts';
import { extendTask } from '../core/stark/cpu/matrix.ts';
import { Pool } from '../core/stark/cpu/pool.ts';
import { constraintTask, LoadedProgram, programsOf, writeTilePowers } from '../core/stark/cpu/program.ts';
import { Tables } from '../core/stark/cpu/tables.ts';
import { absorbTask, DIGEST_BYTES, openStates, SAME_STATE } from '../core/stark/cpu/tree.ts';
import type { ProofHash } from '../core/stark/profile.ts';
import { nodeWorkerHost } from '../main/platform/node-workers.ts';

/**
 * The WASM kernels on one thread, each against its gate (docs/performance.md). Times are the process's CPU time, so that
 * another program on the machine disturbs them little; the best of several runs counts. Usage: node bench/kernels.ts
 */
const RUNS = 5;
const pool = await Pool.create(nodeWorkerHost, 1, 2 ** 31);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of the best run. */
async function best(work: () => Promise<void> | void): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = cpuMs();
    await work();
    least = Math.min(least, cpuMs() - start);
  }
  return least;
}

function randomColumns(width: number, height: number): { address: number; stride: number } {
  const address = pool.allocate(8 * width * height);
  const words = pool.words32(address, 2 * width * height);
  let x = 1;
  for (let i = 0; i < words.length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    words[i] = x >>> 1; // below 2^31, so that every pair is canonical
  }
  return { address, stride: 8 * height };
}

const rows: { kernel: string; measured: string; gate: string }[] = [];
const report = (kernel: string, measured: string, gate = ''): void => {
  rows.push({ kernel, measured, gate });
};

{
  const at = pool.allocate(8192 + 16);
  for (const name of ['Mul', 'Add', 'Shift']) {
    const ms = await best(() => pool.call(`bench${name}`, at, 20_000));
    report(`field ${name.toLowerCase()}, pairs`, `${((20_000 * 1024) / ms / 1000).toFixed(0)} M/s`);
  }
}

for (const log of [16, 18]) {
  const mark = pool.mark();
  const tables = new Tables(pool);
  const key = { log, shift: 7n, inverse: false };
  await tables.prepare([key], {});
  const width = 2 ** (20 - log);
  const data = randomColumns(width, 2 ** log);
  const ms = (await best(() => pool.run([extendTask(tables, data, undefined, key, data, width)]))) / width;
  const perButterfly = (ms * 1e6) / (log * 2 ** (log - 1));
  report(`NTT 2^${log}`, `${ms.toFixed(2)} ms, ${perButterfly.toFixed(2)} ns/bf`, log === 16 ? '1.8 ms' : '');
  pool.release(mark);
}

for (const hash of ['eidos', 'blake3'] as ProofHash[]) {
  const mark = pool.mark();
  const [width, height] = [112, 2 ** 17];
  const { address, stride } = randomColumns(width, height);
  const states = pool.allocate(DIGEST_BYTES * height);
  const opening = pool.allocate(DIGEST_BYTES);
  openStates(pool, opening, hash, [width]);
  const task = absorbTask(
    hash,
    { address, stride, width, rows: height },
    { address: opening, shift: SAME_STATE },
    states,
  );
  const ms = await best(() => pool.run([task]));
  const compressions = height * (hash === 'eidos' ? width / 8 : Math.ceil((32 + 8 * width) / 64));
  report(`${hash} leaves, 2^17 x 112`, `${(compressions / ms / 1000).toFixed(1)} M/s`, '25 M/s');
  pool.release(mark);
}

const challenges: readonly [QuadFelt, QuadFelt] = [
  [3n, 5n],
  [7n, 11n],
];
for (const air of midenAirs()) {
  const mark = pool.mark();
  const logHeight = 11;
  const height = 2 ** logHeight;
  const main = randomColumns(air.mainWidth, height);
  const aux = randomColumns(2 * air.auxWidth, height);
  const preprocessed = randomColumns(air.preprocessedWidth, height);
  const publicValues = Array.from({ length: air.publicCount }, (_, i) => BigInt(i));
  const periodic = air.periodic.map((values) => ({
    ...randomColumns(1, values.length),
    logLength: Math.log2(values.length),
  }));
  const { constraints } = programsOf(air);
  const weights = air.constraints.map((_, i): QuadFelt => [F.pow(3n, BigInt(i)), F.pow(5n, BigInt(i))]);
  const program = new LoadedProgram(
    pool,
    constraints,
    { public: publicValues, auxValues: [[1n, 2n]], challenges },
    weights,
  );
  const out = randomColumns(2, height);
  const task = constraintTask(
    program,
    { main, aux, preprocessed, periodic },
    { logHeight, log: logHeight, shift: 7n },
    writeTilePowers(pool),
    out,
  );
  const folded = await best(() => pool.run([task]));
  const operations = Object.values(constraints.counts).reduce((sum, n) => sum + n, 0);
  report(
    `${air.name}: constraints`,
    `${((folded * 1000) / height).toFixed(2)} us/point (${operations} operations, ${constraints.registers} registers)`,
    air.name === 'core' ? '5.7 us/point' : '',
  );
  const job = { air, logHeight, publicValues, main, preprocessed, aux };
  const lookups = await best(async () => {
    await buildLookup(pool, job, challenges, {});
  });
  report(`${air.name}: lookups`, `${((lookups * 1000) / height).toFixed(2)} us/row`);
  pool.release(mark);
}
console.table(rows);
pool.close();
