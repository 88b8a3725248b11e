import { buildTraces, execute } from '../core/vm/execute.ts';
import type { Program } from '../core/vm/mast/types.ts';
import { type OpText, TestForest } from '../core/vm/test-forest.ts';

/**
 * Cycles a second of the VM alone, and with all traces built (goal: 2 million), for loops of 2^18 cycles. Processor
 * time of the best of some runs; nothing here uses a second thread. The last column is what it costs to touch the
 * memory of the Core trace for the first time, which is part of building it.
 */
const CYCLES = 2 ** 18;
const RUNS = 5;
const MINUS_ONE = 18446744069414584320n;

/** Runs `body` as often as the counter on top of the stack says. The body leaves the counter there. */
function loop(body: readonly OpText[]): Program {
  const forest = new TestForest();
  const counted = forest.block(...body, ['PUSH', MINUS_ONE], 'ADD', 'DUP0', 'EQZ', 'NOT');
  return forest.program(forest.join(forest.loop(counted), forest.block('NOOP')));
}

const PROGRAMS: readonly (readonly [name: string, body: readonly OpText[]])[] = [
  ['field', ['MOVUP2', 'MOVUP2', 'DUP1', 'MUL', 'INCR', 'SWAP', 'MOVUP2']],
  ['u32', ['MOVUP2', 'U32SPLIT', 'U32MUL', 'U32XOR', 'DUP0', 'MOVUP3', 'ADD', 'MOVUP2']],
  ['memory', ['SWAP', 'DUP1', 'MSTORE', 'DUP1', 'MLOAD', 'DROP', 'DUP1', 'MLOAD', 'ADD', 'SWAP']],
  ['hashing', ['COMPRESS']],
];

const cyclesFor = (program: Program, rounds: number): number =>
  execute(program, { stack: [BigInt(rounds), 1n, 1n] }).cycles;

const cpuTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function best(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = cpuTime();
    run();
    least = Math.min(least, cpuTime() - start);
  }
  return least;
}

const rows = PROGRAMS.map(([name, body]) => {
  const program = loop(body);
  const perRound = cyclesFor(program, 2) - cyclesFor(program, 1);
  const inputs = { stack: [BigInt(Math.floor(CYCLES / perRound) - 1), 1n, 1n] };
  const { cycles } = execute(program, inputs);
  const alone = best(() => execute(program, inputs));
  const traced = best(() => buildTraces(execute(program, inputs)));
  const touch = best(() => new Uint8Array(CYCLES * 48 * 8).fill(1));
  const rate = (ms: number): string => `${(cycles / ms / 1000).toFixed(2)} M/s`;
  return {
    program: name,
    cycles,
    execute: rate(alone),
    'with traces': rate(traced),
    'touch 96 MiB': `${touch.toFixed(0)} ms`,
  };
});
console.table(rows);
