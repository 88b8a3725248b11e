import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULUS } from '../field/felt.ts';
import { hashElements, lanesToWord, merge } from '../hash/eidos.ts';
import { textCode } from '../hash/text.ts';
import type { Word } from '../hash/word.ts';
import { MerkleTree } from '../merkle/tree.ts';
import { ExecutionError } from './errors.ts';
import { buildTraces, type ExecutionInputs, type ExecutionOptions, execute } from './execute.ts';
import type { EventHandler } from './host.ts';
import type { Program } from './mast/types.ts';
import { SYSTEM_EVENT_IDS } from './system-events.ts';
import { blockProgram, type OpText, TestForest } from './test-forest.ts';

const KEY: Word = [1n, 2n, 3n, 4n];

function refuses(
  kind: string,
  program: Program,
  inputs: ExecutionInputs = {},
  options: ExecutionOptions = {},
) {
  assert.throws(
    () => execute(program, inputs, options),
    (error) => {
      assert.ok(error instanceof ExecutionError, String(error));
      assert.equal(error.kind, kind);
      assert.ok(error.message.length < 100);
      return true;
    },
  );
}

/** A loop that never ends around `body`, which must leave the stack as it found it. */
function forever(...body: readonly OpText[]): Program {
  const forest = new TestForest();
  return forest.program(forest.loop(forest.block(...body, ['PUSH', 1n])));
}

test('inputs must be sixteen canonical elements at most', () => {
  refuses('stack-inputs', blockProgram('NOOP'), { stack: new Array<bigint>(17).fill(0n) });
  refuses('stack-inputs', blockProgram('NOOP'), { stack: [MODULUS] });
  refuses('stack-inputs', blockProgram('NOOP'), { stack: [-1n] });
});

test('what runs forever stops at the limits', () => {
  refuses('cycle-limit', forever('NOOP'), {}, { maxCycles: 1000 });
  refuses('stack-limit', forever('PAD'));
  const writes = forever('INCR', 'DUP0', ['PUSH', 4n], 'MUL', 'MSTORE');
  refuses('memory-limit', writes, {}, { maxMemoryElements: 4 * 100 });
});

test('a program may use its last cycle', () => {
  const program = blockProgram('NOOP', 'NOOP', 'NOOP');
  assert.equal(execute(program, {}, { maxCycles: 5 }).cycles, 5);
  refuses('cycle-limit', program, {}, { maxCycles: 4 });
});

test('nesting is limited, and calls in calls do not exhaust the engine', () => {
  const forest = new TestForest();
  let node = forest.block('NOOP');
  for (let i = 0; i < 5000; i++) node = forest.call(node);
  const program = forest.program(node);
  assert.equal(execute(program).cycles, 3 + 2 * 5000);
  refuses('nesting-limit', program, {}, { maxNesting: 4999 });
});

test('advice is limited, as input and as it grows', () => {
  const stack = new Array<bigint>(1000).fill(1n);
  refuses('advice-limit', blockProgram('NOOP'), { advice: { stack } }, { maxAdviceBytes: 12_000 });
  const id = SYSTEM_EVENT_IDS.map_value_to_stack;
  const grow = forever(['PUSH', id], 'EMIT', 'DROP');
  const advice = { map: [[KEY, stack] as const] };
  refuses('advice-limit', grow, { stack: [...KEY], advice }, { maxAdviceBytes: 100_000 });
  const merge = forever('INCR', ['PUSH', SYSTEM_EVENT_IDS.merkle_node_merge], 'EMIT', 'DROP');
  refuses('advice-limit', merge, {}, { maxAdviceBytes: 10_000 });
});

test('a map key keeps its values', () => {
  const [map, other] = [
    [[KEY, [1n]]],
    [
      [KEY, [1n]],
      [KEY, [2n]],
    ],
  ] as [[Word, bigint[]][], [Word, bigint[]][]];
  assert.equal(execute(blockProgram('NOOP'), { advice: { map: [...map, ...map] } }).cycles, 3);
  refuses('advice-key-conflict', blockProgram('NOOP'), { advice: { map: other } });
  // Memory of another length, and of the same length with other values.
  for (const [start, end] of [
    [8n, 8n],
    [8n, 9n],
  ]) {
    const program = blockProgram(['PUSH', SYSTEM_EVENT_IDS.mem_to_map], 'EMIT', 'DROP');
    refuses('advice-key-conflict', program, { stack: [...KEY, start, end], advice: { map } });
  }
});

test('ranges of memory that make no sense', () => {
  const program = blockProgram(['PUSH', SYSTEM_EVENT_IDS.mem_to_map], 'EMIT', 'DROP');
  refuses('memory-range', program, { stack: [...KEY, 9n, 8n] });
  refuses('address-out-of-range', program, { stack: [...KEY, 9n, 1n << 32n] });
  refuses('advice-limit', program, { stack: [...KEY, 0n, (1n << 32n) - 1n] });
  for (const op of ['MSTREAM', 'PIPE'] as const) {
    const stack = [...new Array<bigint>(12).fill(0n), (1n << 32n) - 4n];
    refuses('address-out-of-range', blockProgram(op), { stack, advice: { stack: new Array(8).fill(0n) } });
  }
});

test('Merkle operations name what is wrong', () => {
  const tree = new MerkleTree([KEY, [5n, 6n, 7n, 8n]]);
  const advice = { nodes: [...tree.innerNodes()] };
  const verify = blockProgram(['MPVERIFY', 7n]);
  execute(verify, { stack: [...KEY, 1n, 0n, ...tree.root], advice });
  refuses('merkle-path-mismatch', verify, { stack: [...KEY, 1n, 1n, ...tree.root], advice });
  refuses('merkle-index', verify, { stack: [...KEY, 1n, 2n, ...tree.root], advice });
  refuses('merkle-depth', verify, { stack: [...KEY, 65n, 2n, ...tree.root], advice });
  refuses('merkle-lookup', verify, { stack: [...KEY, 2n, 0n, ...tree.root], advice });
  const value: Word = [9n, 9n, 9n, 9n];
  const update = execute(blockProgram('MRUPDATE'), {
    stack: [...KEY, 1n, 0n, ...tree.root, ...value],
    advice,
  });
  assert.deepEqual(update.stack.slice(0, 4), merge(value, [5n, 6n, 7n, 8n]));
});

test('procedures named by digest', () => {
  const library = new TestForest();
  const procedure = library.root(library.block('INCR'));
  const { digest } = library.nodes[procedure];
  const user = new TestForest();
  const program = user.program(user.external(digest));
  refuses('procedure-not-found', program);
  assert.equal(execute({ ...program, libraries: [library.forest()] }).stack[0], 1n);

  const echo = new TestForest();
  echo.root(echo.external(digest));
  refuses('external-loop', { ...program, libraries: [echo.forest()] });
  refuses('procedure-not-found', user.program(user.dynamic('dyn')));
  refuses('address-unaligned', user.program(user.dynamic('dyncall')), { stack: [1n] });
});

test('a library brings its advice when it is entered', () => {
  const library = new TestForest();
  const id = SYSTEM_EVENT_IDS.has_map_key;
  const procedure = library.root(library.block(['PUSH', id], 'EMIT', 'DROP', 'ADVPOP', 'SWAP', 'DROP'));
  const user = new TestForest();
  const program = user.program(user.external(library.nodes[procedure].digest), {
    libraries: [library.forest({ adviceMap: [[KEY, [1n]]] })],
  });
  assert.equal(execute(program, { stack: [...KEY] }).stack[0], 1n);
});

test('syscalls reach the kernel only', () => {
  const forest = new TestForest();
  const procedure = forest.block('CALLER', 'NOOP');
  const program = forest.program(forest.syscall(procedure));
  refuses('syscall-target', program);
  const { digest } = forest.nodes[procedure];
  assert.deepEqual(execute({ ...program, kernel: [digest] }).stack.slice(0, 4), [0n, 0n, 0n, 0n]);
});

test('events: system, host, unknown, failing', () => {
  const id = textCode('test::event');
  const program = blockProgram(['PUSH', id], 'EMIT', 'DROP', 'ADVPOP', 'SWAP', 'DROP');
  const host = (handler: EventHandler) => ({ host: { handlers: new Map([[id, handler]]) } });
  refuses('event-unknown', program);
  const answered = execute(
    program,
    { stack: [5n] },
    host((view) => [{ kind: 'stack', values: [view.element(1) + 1n] }]),
  );
  assert.equal(answered.stack[0], 6n);
  const failing = host(() => {
    throw new RangeError('no');
  });
  refuses('event-failed', program, {}, failing);
  const deferred = SYSTEM_EVENT_IDS['adv::register_deferred'];
  refuses('event-unsupported', blockProgram(['PUSH', deferred], 'EMIT', 'DROP'));
  refuses('log-of-zero', blockProgram(['PUSH', SYSTEM_EVENT_IDS.ilog2], 'EMIT', 'DROP'));
  refuses('not-u32', blockProgram(['PUSH', SYSTEM_EVENT_IDS.u32_clz], 'EMIT', 'DROP'), {
    stack: [1n << 32n],
  });

  const seen: bigint[] = [];
  const traced = blockProgram(['PUSH', 77n], ['PUSH', SYSTEM_EVENT_IDS.trace_event], 'EMIT', 'DROP', 'DROP');
  execute(traced, {}, { host: { handlers: new Map(), onTrace: (traceId) => seen.push(traceId) } });
  assert.deepEqual(seen, [77n]);
});

test('an error knows its cycle, its place and the text of its code', () => {
  const span = { file: { name: 'a.masm', text: 'begin assert end' }, start: 6, end: 12 };
  const forest = new TestForest();
  const entry = forest.blockFrom(span, 'NOOP', ['ASSERT', 42n]);
  const program = forest.program(entry, {
    forest: forest.forest({ errorMessages: new Map([[42n, 'the balance must not be negative']]) }),
  });
  assert.throws(
    () => execute(program),
    (error) => {
      assert.ok(error instanceof ExecutionError);
      assert.deepEqual(error.at, { clk: 2, ctx: 0, procedures: [], span });
      assert.match(error.message, /the balance must not be negative/);
      return true;
    },
  );
});

test('circuits: what is refused', () => {
  const circuit = (stack: bigint[]) => refuses('circuit', blockProgram('EVALCIRCUIT'), { stack });
  circuit([0n, 1n << 15n, 4n]);
  circuit([0n, 3n, 4n]);
  circuit([0n, 0n, 4n]);
  circuit([0n, 2n, 3n]);
  circuit([0n, 2n, 0n]);
  refuses('address-out-of-range', blockProgram('EVALCIRCUIT'), { stack: [(1n << 32n) - 4n, 2n, 4n] });
  const withInstruction = (value: bigint) =>
    blockProgram(['PUSH', value], ['PUSH', 4n], 'MSTORE', 'DROP', 'EVALCIRCUIT');
  refuses('circuit', withInstruction(3n << 60n), { stack: [0n, 2n, 4n] });
  refuses('circuit', withInstruction(1n), { stack: [0n, 2n, 4n] });
});

test('a trace that would be too long is refused before it is made', () => {
  const execution = execute(blockProgram('NOOP'), {}, { maxTraceRows: 3 });
  assert.throws(() => buildTraces(execution), { kind: 'trace-too-long' });
});

test('a logged statement folds into the deferred root', () => {
  const execution = execute(blockProgram('LOGDEFERRED'), { stack: [...KEY] });
  assert.deepEqual(execution.deferredRoot, execution.stack.slice(0, 4));
  assert.notDeepEqual(execution.deferredRoot, lanesToWord(new Uint32Array(8), 0));
  assert.notDeepEqual(execution.deferredRoot, hashElements([...KEY]));
});
