import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE, midenAirs } from '../core/air/miden.ts';
import { RowEvaluator } from '../core/air/row-evaluator.ts';
import { felt } from '../core/field/felt.ts';
import * as Q from '../core/field/quad.ts';
import { OP_NAMES, type OpName } from '../core/vm/opcodes.ts';
import { CORE } from '../core/vm/trace/layout.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import { honestTrace } from './forge/corpus.ts';

/**
 * Every cell of the Core trace is pinned: change it, and either a base constraint breaks or the messages of the row do
 * not balance. The exceptions are cells that mean nothing on their row, and this test knows them all.
 */
const PROGRAMS = [
  ...[
    'fri_fold',
    'horner_base',
    'horner_ext',
    'stack_moves',
    'stack_swaps',
    'stack_dups',
    'syscalls',
    'dyncall',
  ],
  ...['dynexec', 'merkle_set', 'merkle_verify', 'stream_cipher', 'powers', 'booleans', 'mixed_big', 'ext2'],
  ...[
    'do_while_loop',
    'memory_stream',
    'advice_pipe',
    'conditionals_stack',
    'arithmetic_circuit',
    'clk_sdepth',
  ],
  ...['u32_add', 'u32_sub_mul', 'u32_div', 'u32_checks', 'calls', 'if_else', 'arith'],
];

/** Helper cells that an operation uses; others use none. */
const HELPERS: Partial<Record<OpName, readonly number[]>> = {
  HORNERBASE: [0, 1, 2, 3, 4, 5],
  HORNEREXT: [0, 1, 4, 5],
  FRIE2F4: [0, 1, 2, 3, 4, 5],
  MPVERIFY: [0, 1, 2, 3, 4, 5],
  MRUPDATE: [0, 1, 2, 3, 4, 5],
  COMPRESS: [0],
  EQ: [0],
  EQZ: [0],
  EXPACC: [0],
  U32ADD: [0, 1, 2, 3],
  U32SUB: [0, 1, 2, 3],
  U32MUL: [0, 1, 2, 3, 4],
  U32DIV: [0, 1, 2, 3, 4, 5],
  U32SPLIT: [0, 1, 2, 3, 4],
  U32ASSERT2: [0, 1, 2, 3],
  U32ADD3: [0, 1, 2, 3],
  U32MADD: [0, 1, 2, 3, 4],
};
/** Cells of `hasher` that a control operation leaves open. */
const UNUSED_HASHER: Partial<Record<OpName, readonly number[]>> = {
  HALT: [0, 1, 2, 3, 4, 5, 6, 7],
  REPEAT: [0, 1, 2, 3, 4, 5, 6, 7],
  DYNCALL: [6, 7],
};
/** Operations with a product or a number that may exceed 2^64 - 2^32. */
const WIDE: readonly OpName[] = ['U32SPLIT', 'U32MUL', 'U32MADD'];
/** Control operations that do not count groups. */
const NO_GROUPS: readonly OpName[] = ['JOIN', 'SPLIT', 'DYN', 'DYNCALL', 'CALL', 'SYSCALL', 'REPEAT', 'HALT'];

/** Columns that may hold anything on this row. */
function freeCells(main: TraceMatrix, row: number): number[] {
  const at = (column: number): bigint => main.data[column * main.height + row];
  const op = opAt(main, row);
  const free: number[] = [];
  if (at(CORE.inSpan) === 1n) {
    // RESPAN's entry on the block stack takes the parent from the row after it.
    if (opAt(main, before(main, row)) !== 'RESPAN') free.push(CORE.parentAddr);
    for (let i = 0; i < 6; i++) if (!HELPERS[op]?.includes(i)) free.push(CORE.helpers + i);
  } else {
    for (const i of UNUSED_HASHER[op] ?? []) free.push(CORE.hasher + i);
    if (NO_GROUPS.includes(op)) free.push(CORE.groupCount);
  }
  // What would be the inverse of zero.
  if (at(CORE.depth) === 16n) free.push(CORE.depthInverse);
  if (op === 'EQZ' && at(CORE.stack) === 0n) free.push(CORE.helpers);
  if (op === 'EQ' && at(CORE.stack) === at(CORE.stack + 1)) free.push(CORE.helpers);
  // A low word of zero is canonical with any high word.
  const lowIsZero = at(CORE.helpers) === 0n && at(CORE.helpers + 1) === 0n;
  if (WIDE.includes(op) && lowIsZero) free.push(CORE.helpers + 4);
  return free.sort((a, b) => a - b);
}

const before = ({ height }: TraceMatrix, row: number): number => (row + height - 1) % height;
function opAt({ data, height }: TraceMatrix, row: number): OpName {
  const bits = [0, 1, 2, 3, 4, 5, 6].map((i) => Number(data[(CORE.opBits + i) * height + row]) << i);
  return OP_NAMES[bits.reduce((code, bit) => code | bit)] as OpName;
}

const air = midenAirs()[INSTANCE.core];
const base = air.constraints.filter(({ expr }) => !expr.isExtension).map(({ expr }) => expr);
const CHALLENGES: readonly [Q.QuadFelt, Q.QuadFelt] = [
  [1_234_567n, 7_654_321n],
  [998_877n, 112_233n],
];
const seen = new Set<string>();

for (const program of PROGRAMS) {
  test(`${program}: every cell is pinned, or known to mean nothing`, () => {
    const honest = honestTrace(program, 'core');
    const main = { ...honest, data: honest.data.slice() };
    const { height, data } = main;
    const publicValues = [0, height - 1].flatMap((row) =>
      Array.from({ length: 16 }, (_, i) => data[(CORE.stack + i) * height + row]),
    );
    const source = { main, publicValues, challenges: CHALLENGES };
    const constraints = new RowEvaluator(air, base, source);
    const lookups = new RowEvaluator(
      air,
      air.lookups.flatMap(({ u, v }) => [u, v]),
      source,
    );
    const vanish = (row: number): boolean => {
      constraints.seek(row);
      return base.every((_, i) => Q.isZero(constraints.value(i)));
    };
    const messages = (row: number): Q.QuadFelt => {
      lookups.seek(row);
      return air.lookups
        .map((_, i) => Q.mul(lookups.value(2 * i + 1), Q.inv(lookups.value(2 * i))))
        .reduce(Q.add);
    };

    for (let row = 0; row < height; row++) {
      // One of each pair of operations.
      const windows = [before(main, row), row];
      const kind = windows.map((w) => opAt(main, w)).join(' ');
      if (seen.has(kind)) continue;
      seen.add(kind);
      const expected = windows.map(messages).reduce(Q.add);
      const free: number[] = [];
      for (let column = 0; column < main.width; column++) {
        const at = column * height + row;
        data[at] = felt(data[at] + 1_234_567n);
        const balanced = windows.every(vanish) && Q.equal(windows.map(messages).reduce(Q.add), expected);
        data[at] = honest.data[at];
        if (balanced) free.push(column);
      }
      assert.deepEqual(free, freeCells(main, row), `row ${row}, ${kind}`);
    }
  });
}
