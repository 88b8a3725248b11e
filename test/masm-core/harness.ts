import assert from 'node:assert/strict';
import { assembleCoreLibrary } from '../../cli/core-library.ts';
import { assemble } from '../../core/assembly/assemble.ts';
import type { Felt } from '../../core/field/felt.ts';
import type { Word } from '../../core/hash/word.ts';
import type { AdviceInputs } from '../../core/vm/advice/inputs.ts';
import { ExecutionError, type ExecutionErrorKind } from '../../core/vm/errors.ts';
import { type Execution, execute } from '../../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../../core/vm/host/core-library.ts';
import type { Host } from '../../core/vm/host.ts';
import type { Program } from '../../core/vm/mast/types.ts';

const library = assembleCoreLibrary();

export interface Inputs {
  /** Top first; any number. */
  readonly stack?: readonly Felt[];
  /** Elements to write before the procedure runs. */
  readonly memory?: readonly (readonly [address: number, value: Felt])[];
  readonly advice?: AdviceInputs;
  readonly host?: Host;
}

const programs = new Map<string, Program>();

/** A program that writes memory and fills the stack from advice, runs `body`, and keeps the top 16 elements. */
function programOf(body: string): Program {
  let program = programs.get(body);
  if (program === undefined) {
    const modules = [
      'advice',
      'falcon512',
      'hash',
      'memory',
      'mmr',
      'smt',
      'sorted',
      'stack',
      'u256',
      'u64',
      'word',
    ];
    const uses = modules.filter((name) => name === 'stack' || body.includes(`${name}::`));
    const text = `${uses.map((name) => `use ::kiln::core::${name}`).join('\n')}
      begin
        adv_push dup neq.0 while.true adv_push adv_push mem_store sub.1 dup neq.0 end drop
        adv_push dup neq.0 while.true adv_push swap sub.1 dup neq.0 end drop
        ${body}
        exec.stack::truncate
      end`;
    program = assemble({ program: { name: 'test.masm', text }, libraries: [{ package: library }] });
    programs.set(body, program);
  }
  return program;
}

/** Runs `body` on a stack and memory: the 16 elements it leaves. */
export function run(body: string, inputs: Inputs = {}): Execution {
  const { stack = [], memory = [], advice = {}, host = CORE_LIBRARY_HOST } = inputs;
  const prelude = [
    BigInt(memory.length),
    ...memory.flatMap(([address, value]) => [value, BigInt(address)]),
    BigInt(stack.length),
    ...[...stack].reverse(),
  ];
  return execute(
    programOf(body),
    { advice: { ...advice, stack: [...prelude, ...(advice.stack ?? [])] } },
    { host, maxCycles: 2 ** 18 },
  );
}

/** What `body` leaves on top: `count` elements. */
export const top = (count: number, body: string, inputs?: Inputs): Felt[] =>
  run(body, inputs).stack.slice(0, count) as Felt[];

/** The cycles of a procedure: what the clock says before and after it. Padding of operation batches may add a few. */
export function cyclesOf(body: string, inputs: Inputs): number {
  const timed = `clk mem_store.60000 ${body} clk mem_store.60001 mem_load.60000 mem_load.60001`;
  const [after, before] = run(timed, inputs).stack;
  return Number(after - before) - CLOCK_CYCLES;
}

/** `clk` itself and the store of its first value. */
const CLOCK_CYCLES = 4;

/** Asserts that `body` stops with an error of `kind`; by default one that the proof system enforces. */
export function traps(body: string, inputs: Inputs, kind: ExecutionErrorKind = 'assertion-failed'): void {
  assert.throws(
    () => run(body, inputs),
    (error) => {
      assert.ok(error instanceof ExecutionError, String(error));
      assert.equal(error.kind, kind, `${error.message} ${error.details}`);
      return true;
    },
  );
}

export const words = (values: readonly Felt[]): Word[] =>
  Array.from({ length: values.length / 4 }, (_, i) => values.slice(4 * i, 4 * i + 4) as unknown as Word);

/** `values` in memory from `address` on. */
export const at = (address: number, values: readonly Felt[]): [number, Felt][] =>
  values.map((value, i) => [address + i, value]);
