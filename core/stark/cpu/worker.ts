import { MODULUS } from '../../field/felt.ts';
import type { WorkerStart } from './host.ts';

/**
 * The contract between the pool and its threads: words at the start of the kernels' memory. A phase is a list of tasks,
 * each a kernel, its parameters and a number of jobs; every thread claims jobs until none is left.
 *
 * `Ticket` holds the phase number and the jobs left in one word, taken by compare-and-swap: a thread that wakes late can
 * never take a job of another phase, and whoever holds a job keeps its phase from ending.
 */
export const Control = {
  /** Phase number; threads sleep on it. */
  Phase: 0,
  /** phase mod 2^11 in the upper bits, jobs left in the lower 20. */
  Ticket: 1,
  Jobs: 2,
  Done: 3,
  /** Not zero: claim jobs, but do not run them. */
  Abort: 4,
  /** Not zero: a kernel trapped on some thread. */
  Failed: 5,
  /** Not zero: threads leave their loop. */
  Quit: 6,
  TaskCount: 7,
  /** From here: kernel number, parameter address, jobs; per task. */
  Tasks: 8,
} as const;
export const TICKET_BITS = 20;
export const MAX_JOBS = (1 << TICKET_BITS) - 1;
export const MAX_TASKS = 64;
const TASK_WORDS = 3;

/** First byte that belongs to no module and no control word. */
export const SCRATCH_START = 65_536;
/** Each thread's own memory, one after the other from SCRATCH_START on. */
export const SCRATCH_BYTES = 262_144;

/** Kernels by number, as the pool names them in a task. */
export const KERNELS = [
  'buildTable',
  'combineColumns',
  'constraintTiles',
  'deepCodeword',
  'eidosBlocks',
  'evaluateColumns',
  'extendColumns',
  'friFold',
  'grind',
  'interpolateColumns',
  'leafAbsorb',
  'lookupRunning',
  'lookupScan',
  'lookupTiles',
  'quadPowers',
  'quotientAccumulate',
  'randomElements',
  'saltLeaves',
  'sampleColumns',
  'sumColumns',
  'treeNodes',
] as const;
export type KernelName = (typeof KERNELS)[number];

export type Kernel = (job: number, params: number) => void;
type Exports = Record<string, WebAssembly.ExportValue>;

/** Instantiates the kernels on `memory` for thread `index`. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, index: number): Exports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  (exports['setScratch'] as (address: number) => void)(SCRATCH_START + index * SCRATCH_BYTES);
  const set = (name: string, ...values: bigint[]) =>
    (exports[name] as (...values: bigint[]) => void)(...values);
  set('setConstants', 1n << 63n, MODULUS, 0xffff_ffffn);
  set(
    'setRotations',
    ...[0x0504_0706_0100_0302n, 0x0d0c_0f0e_0908_0b0an],
    ...[0x0407_0605_0003_0201n, 0x0c0f_0e0d_080b_0a09n],
  );
  return exports;
}

/** Runs jobs of the current phase until `stop` says so or none is left. Returns false when none is left. */
export function runJobs(control: Int32Array, kernels: readonly Kernel[], stop: () => boolean): boolean {
  for (;;) {
    const ticket = Atomics.load(control, Control.Ticket);
    const left = ticket & MAX_JOBS;
    if (left === 0) return false;
    if (Atomics.compareExchange(control, Control.Ticket, ticket, ticket - 1) !== ticket) continue;
    try {
      if (Atomics.load(control, Control.Abort) === 0) {
        let job = control[Control.Jobs] - left;
        let task = Control.Tasks;
        while (job >= control[task + 2]) {
          job -= control[task + 2];
          task += TASK_WORDS;
        }
        kernels[control[task]](job, control[task + 1] >>> 0);
      }
    } catch {
      // A trap; the phase is lost, but every thread goes on to drain it. The pool reports.
      Atomics.store(control, Control.Failed, 1);
      Atomics.store(control, Control.Abort, 1);
    }
    const done = Atomics.add(control, Control.Done, 1) + 1;
    if (done === control[Control.Jobs]) Atomics.notify(control, Control.Done);
    if (stop()) return true;
  }
}

/** A thread's whole life. Returns when the pool quits. */
export function serveWorker({ module, memory, index }: WorkerStart): void {
  const exports = instantiate(module, memory, index);
  const kernels = KERNELS.map((name) => exports[name] as Kernel);
  const control = new Int32Array(memory.buffer, 0, SCRATCH_START / 4);
  while (Atomics.load(control, Control.Quit) === 0) {
    const phase = Atomics.load(control, Control.Phase);
    runJobs(control, kernels, () => false);
    Atomics.wait(control, Control.Phase, phase);
  }
}
