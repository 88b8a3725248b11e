import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OP_NAMES, Op, type OpName } from '../../vm/opcodes.ts';
import { CORE, CORE_WIDTH } from '../../vm/trace/layout.ts';
import { Evaluator } from '../evaluate.ts';
import { type Expr, ExprGraph } from '../expr.ts';
import { OpFlags } from './op-flags.ts';
import { coreRow } from './row.ts';

const graph = new ExprGraph();
const flags = new OpFlags(graph, coreRow(graph, 0), coreRow(graph, 1));
const OPS = Object.keys(Op) as OpName[];

/** A row that holds an operation, its stack as deep as given. */
function cells(code: number, depth = 16n): bigint[] {
  const row = new Array<bigint>(CORE_WIDTH).fill(0n);
  const bit = (i: number): bigint => BigInt((code >> i) & 1);
  for (let i = 0; i < 7; i++) row[CORE.opBits + i] = bit(i);
  row[CORE.extra0] = bit(6) * (1n - bit(5)) * bit(4);
  row[CORE.extra1] = bit(6) * bit(5);
  row[CORE.depth] = depth;
  return row;
}

/** Values of expressions on a row and the row after it. */
function evaluate(exprs: readonly Expr[], now: readonly bigint[], next = now): bigint[] {
  const nothing = [0n, 0n] as const;
  const values = new Evaluator(graph, exprs).evaluate({
    main: [now, next],
    aux: [[], []],
    preprocessed: [[], []],
    periodic: [],
    public: [],
    auxValues: [],
    challenges: [nothing, nothing],
    isFirst: 0n,
    isLast: 0n,
    isTransition: 1n,
  });
  return values.map(([c0]) => c0);
}

test('each operation has its flag and no other', () => {
  const all = OPS.map((op) => flags.of(op));
  for (const op of OPS) {
    const set = evaluate(all, cells(Op[op])).flatMap((value, i) => (value === 0n ? [] : [[OPS[i], value]]));
    assert.deepEqual(set, [[op, 1n]]);
  }
});

test('a prefix is the flag of all opcodes below it', () => {
  for (const prefix of ['011', '0100', '1000', '10101', '111']) {
    for (const op of OPS) {
      const [value] = evaluate([flags.prefix(prefix)], cells(Op[op]));
      assert.equal(value === 1n, Op[op].toString(2).padStart(7, '0').startsWith(prefix), `${prefix} ${op}`);
    }
  }
});

test('a stack position is fed from one place at most, and everything below the change from the right one', () => {
  for (const op of OPS) {
    const row = cells(Op[op]);
    const [no, left, right] = [flags.noShift, flags.leftShift, flags.rightShift].map((f) => evaluate(f, row));
    for (let i = 0; i < 16; i++) {
      const ways = [no[i], left[i + 1] ?? 0n, right[i - 1] ?? 0n];
      assert.ok(ways.filter((way) => way !== 0n).length <= 1, `${op}, position ${i}`);
      assert.ok(
        ways.every((way) => way === 0n || way === 1n),
        `${op}, position ${i}`,
      );
    }
  }
});

test('the depth moves as the bottom of the stack does', () => {
  // FRIE2F4 writes all of the stack, DYNCALL starts one of its own.
  const special: readonly OpName[] = ['FRIE2F4', 'DYNCALL'];
  for (const op of OPS.filter((name) => !special.includes(name))) {
    const row = cells(Op[op]);
    const [shrinks, grows, left, right] = evaluate(
      [flags.shrinks, flags.grows, flags.leftShift[15], flags.rightShift[14]],
      row,
    );
    assert.deepEqual([shrinks, grows], [left, right], op);
  }
  const [fri] = evaluate([flags.shrinks], cells(Op.FRIE2F4));
  const [dyncall, moved] = evaluate([flags.shrinks, flags.leftShift[15]], cells(Op.DYNCALL));
  assert.deepEqual([fri, dyncall, moved], [1n, 0n, 1n]);
});

test('the END of a loop drops its condition, any other leaves the stack alone', () => {
  const row = cells(Op.END);
  const stays = [flags.noShift[0], flags.leftShift[1], flags.shrinks];
  assert.deepEqual(evaluate(stays, row), [1n, 0n, 0n]);
  row[CORE.isLoop] = 1n;
  assert.deepEqual(evaluate(stays, row), [0n, 1n, 1n]);
});

test('control operations stand outside of blocks', () => {
  const control: readonly OpName[] = [
    ...(['SPLIT', 'LOOP', 'SPAN', 'JOIN', 'DYN', 'DYNCALL'] as const),
    ...(['SYSCALL', 'CALL', 'END', 'REPEAT', 'RESPAN', 'HALT'] as const),
  ];
  for (const op of OPS) {
    const [value] = evaluate([flags.controlFlow], cells(Op[op]));
    assert.equal(value, control.includes(op) ? 1n : 0n, op);
  }
});

test('the flags of the next row look at the next row', () => {
  const { END, REPEAT, RESPAN, HALT } = flags.next;
  for (const op of OPS) {
    const values = evaluate([END, REPEAT, RESPAN, HALT], cells(Op.NOOP), cells(Op[op]));
    assert.deepEqual(
      values,
      (['END', 'REPEAT', 'RESPAN', 'HALT'] as const).map((name) => (name === op ? 1n : 0n)),
      op,
    );
  }
});

test('overflow is depth beyond 16, with its witness', () => {
  const row = cells(Op.NOOP, 18n);
  row[CORE.depthInverse] = (0xffff_ffff_0000_0001n + 1n) / 2n;
  assert.deepEqual(evaluate([flags.overflow], row), [1n]);
  assert.deepEqual(evaluate([flags.overflow], cells(Op.NOOP)), [0n]);
});

test('opcodes nobody uses count as harmless ones', () => {
  const unused = [6, 47].filter((code) => OP_NAMES[code] === undefined);
  assert.deepEqual(unused, [6, 47]);
  const [stays] = evaluate([flags.noShift[0]], cells(6));
  const [drops] = evaluate([flags.leftShift[1]], cells(47));
  assert.deepEqual([stays, drops], [1n, 1n]);
});
