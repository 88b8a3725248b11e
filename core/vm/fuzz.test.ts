import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KilnError } from '../errors.ts';
import { MODULUS } from '../field/felt.ts';
import { buildTraces, execute } from './execute.ts';
import { isBlockOpcode } from './mast/operation.ts';
import { Op, type OpName } from './opcodes.ts';
import { SYSTEM_EVENT_IDS } from './system-events.ts';
import { type OpText, TestForest } from './test-forest.ts';

const RUNS = 10_000;

const felt = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.constantFrom(0xffff_ffffn, 1n << 32n, 0xffff_fffen, MODULUS - 1n, ...Object.values(SYSTEM_EVENT_IDS)),
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
);
const names = Object.entries(Op).flatMap(([name, code]) => (isBlockOpcode(code) ? [name as OpName] : []));
const op: fc.Arbitrary<OpText> = fc.oneof(
  fc.constantFrom(...names.filter((name) => name !== 'PUSH')),
  felt.map((value): OpText => ['PUSH', value]),
);

type Shape =
  | { readonly kind: 'block'; readonly ops: readonly OpText[] }
  | { readonly kind: 'join' | 'split'; readonly children: readonly [Shape, Shape] }
  | { readonly kind: 'loop' | 'call' | 'syscall'; readonly child: Shape }
  | { readonly kind: 'dyn' | 'dyncall' };

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('block' as const), ops: fc.array(op, { minLength: 1, maxLength: 30 }) }),
    fc.record({
      kind: fc.constantFrom('join' as const, 'split' as const),
      children: fc.tuple(tie('shape'), tie('shape')),
    }),
    fc.record({
      kind: fc.constantFrom('loop' as const, 'call' as const, 'syscall' as const),
      child: tie('shape'),
    }),
    fc.record({ kind: fc.constantFrom('dyn' as const, 'dyncall' as const) }),
  ),
}));

function add(forest: TestForest, shape: Shape): number {
  switch (shape.kind) {
    case 'block':
      return forest.root(forest.block(...shape.ops));
    case 'join':
    case 'split': {
      const [first, second] = shape.children.map((child) => add(forest, child));
      return shape.kind === 'join' ? forest.join(first, second) : forest.split(first, second);
    }
    case 'loop':
      return forest.loop(add(forest, shape.child));
    case 'call':
      return forest.call(add(forest, shape.child));
    case 'syscall':
      return forest.syscall(add(forest, shape.child));
    default:
      return forest.dynamic(shape.kind);
  }
}

test('any program ends well, with traces, or with a typed error', () => {
  const felts = (maxLength: number) => fc.array(felt, { maxLength });
  let ended = 0;
  fc.assert(
    fc.property(shape, felts(16), felts(40), (shape, stack, advice) => {
      const forest = new TestForest();
      const program = forest.program(add(forest, shape));
      const kernel = program.forest.roots.map((id) => program.forest.nodes[id].digest).slice(0, 1);
      try {
        const limits = { maxCycles: 400, maxStackDepth: 60, maxMemoryElements: 200, maxAdviceBytes: 20_000 };
        const execution = execute({ ...program, kernel }, { stack, advice: { stack: advice } }, limits);
        const { core } = buildTraces(execution);
        assert.equal(core.rows, execution.cycles + 1);
        ended++;
      } catch (error) {
        if (!(error instanceof KilnError)) throw error;
      }
    }),
    { numRuns: RUNS },
  );
  // Otherwise the generator has lost its point.
  assert.ok(ended > RUNS / 100, `${ended} programs ended well`);
});
