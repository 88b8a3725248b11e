import { KilnError } from '../../core/errors.ts';
import { Pool } from '../../core/stark/cpu/pool.ts';
import { type KernelRates, measureKernels } from '../../core/stark/cpu/rates.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { type Adapter, inspectAdapter } from '../adapter.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { inspectMachine, type Machine, measureScalarHashing } from '../machine.ts';
import type { Output } from '../output.ts';

/** Each rate is measured this long. */
const MEASURE_MS = 200;
const KERNEL_MEMORY = 2 ** 28;

/** Rates of the `cpu` backend's kernels, or why there are none. */
async function cpuRates(threads: number): Promise<KernelRates | { readonly error: string }> {
  try {
    const pool = await Pool.create(nodeWorkerHost, threads, KERNEL_MEMORY);
    try {
      return await measureKernels(pool, MEASURE_MS);
    } finally {
      pool.close();
    }
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    return { error: `${error.message} ${error.details}` };
  }
}

const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(1).padStart(8)} M/s`;
const yes = (has: boolean): string => (has ? 'yes' : 'no');

function printMachine(output: Output, machine: Machine): void {
  output.line(`Node           ${machine.node}, ${machine.platform}`);
  output.line(`CPU            ${machine.cpu}, ${machine.threads} threads`);
  output.line(`memory         ${machine.memoryMiB} MiB`);
  output.line(`WASM SIMD      ${yes(machine.simd)}`);
  output.line(`shared memory  ${yes(machine.sharedMemory)}`);
}

function printAdapter(output: Output, adapter: Adapter | { readonly error: string }): void {
  if ('error' in adapter) {
    output.line(`WebGPU         no adapter. ${adapter.error}`);
    return;
  }
  output.line(`WebGPU         ${adapter.description}`);
  for (const [name, limit] of Object.entries(adapter.limits)) output.line(`  ${name.padEnd(34)} ${limit}`);
}

function printRates(output: Output, rates: KernelRates): void {
  output.line(`  field multiplications, one thread  ${millions(rates.multiplicationsPerThread)}`);
  output.line(`  NTT butterflies                    ${millions(rates.butterflies)}`);
  output.line(`  Eidos compressions                 ${millions(rates.eidosCompressions)}`);
  output.line(`  BLAKE3 compressions                ${millions(rates.blake3Compressions)}`);
}

export const doctor: Command = {
  summary: 'Tells what this machine can do: versions, threads, SIMD, GPU, measured rates.',
  usage: '[--json]',
  options: {},
  async run(options, output) {
    options.noOperands();
    const machine = inspectMachine();
    printMachine(output, machine);
    output.status('looking for a GPU');
    const adapter = await inspectAdapter();
    printAdapter(output, adapter);
    output.status('measuring');
    const scalar = measureScalarHashing(MEASURE_MS);
    output.line('\nTypeScript, one thread');
    output.line(`  Eidos compressions                 ${millions(scalar)}`);
    output.status('measuring');
    const cpu = await cpuRates(machine.threads);
    if ('error' in cpu) output.line(`\nbackend cpu: not available. ${cpu.error}`);
    else {
      output.line(`\nbackend cpu, ${cpu.threads} thread${cpu.threads === 1 ? '' : 's'}`);
      printRates(output, cpu);
    }
    output.result({ machine, adapter, rates: { typescript: { eidosCompressions: scalar }, cpu } });
    return EXIT.done;
  },
};
