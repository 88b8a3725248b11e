import { midenAirs } from '../../core/air/miden.ts';
import { felt } from '../../core/field/felt.ts';
import { OP_NAMES } from '../../core/vm/opcodes.ts';
import { EIDOS, EIDOS_ROUND_ROWS, EIDOS_ROWS } from '../../core/vm/trace/eidos-layout.ts';
import { ACE, AEAD_ROWS, BITWISE, CHIPLETS, CONTROLLER, CORE, MEMORY } from '../../core/vm/trace/layout.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';
import type { Edit, Subject } from './forgery.ts';

/** What the search must know of an AIR, beside what replaying a forgery needs. */
export interface SearchSubject extends Subject {
  /** Programs of `vectors/masm.json` to look through; shorter lies come from shorter traces, so those go first. */
  readonly programs: readonly string[];
  /** Columns that repairs change first: lies that leave the selectors alone stay simple. */
  mendable(column: number): boolean;
  /** What a row is about; of each kind of pair of rows one is looked at. */
  kind(main: TraceMatrix, row: number): string;
  /** First changes of several cells at once. */
  starts(main: TraceMatrix, row: number): (readonly Edit[])[];
}

const [coreAir, chipletsAir, eidosAir] = midenAirs();

const at = ({ data, height }: TraceMatrix, row: number, column: number): bigint =>
  data[column * height + row];
const opcodeAt = (main: TraceMatrix, row: number): number =>
  [0, 1, 2, 3, 4, 5, 6].reduce((code, i) => code | (Number(at(main, row, CORE.opBits + i)) << i), 0);

/** The cells that turn a row's operation into another one. */
function otherOperation(main: TraceMatrix, row: number, code: number): readonly Edit[] {
  const bit = (i: number): bigint => BigInt((code >> i) & 1);
  const cells: Edit[] = [0, 1, 2, 3, 4, 5, 6].map((i) => [row, CORE.opBits + i, bit(i)]);
  cells.push([row, CORE.extra0, bit(6) & (1n - bit(5)) & bit(4)], [row, CORE.extra1, bit(6) & bit(5)]);
  return cells.filter(([, column, value]) => at(main, row, column) !== value);
}

const core: SearchSubject = {
  air: coreAir,
  claim: (main) =>
    [0, main.height - 1].flatMap((row) =>
      Array.from({ length: 16 }, (_, i) => at(main, row, CORE.stack + i)),
    ),
  programs: [
    ...['horner_base', 'horner_ext', 'call_deep_overflow', 'caller_in_program', 'fri_fold', 'stack_moves'],
    ...['stack_swaps', 'merkle_verify', 'dynexec', 'dyncall', 'kernel_two', 'stream_cipher'],
    ...[
      'conditionals_stack',
      'ext2',
      'arith',
      'booleans',
      'powers',
      'merkle_set',
      'merkle_get',
      'do_while_loop',
    ],
    ...[
      'while_count',
      'if_else',
      'u32_sub_mul',
      'u32_div',
      'u32_add',
      'u32_checks',
      'syscalls',
      'clk_sdepth',
    ],
    ...['memory_stream', 'hashes', 'stack_dups', 'memory_words', 'advice_pipe', 'u32_bits', 'mixed_big'],
    'arithmetic_circuit',
  ],
  mendable: (column) =>
    !(column >= CORE.opBits && column < CORE.hasher) && column !== CORE.extra0 && column !== CORE.extra1,
  kind: (main, row) =>
    row === 0 ? 'first' : row === main.height - 1 ? 'last' : (OP_NAMES[opcodeAt(main, row)] ?? 'unused'),
  starts: (main, row) =>
    OP_NAMES.flatMap((name, code) =>
      name && code !== opcodeAt(main, row) ? [otherOperation(main, row, code)] : [],
    ),
};

/** The cells from `row` on to the last or first row, or as long as they stay equal, each `by` more. */
function runs(main: TraceMatrix, row: number, column: number, by: bigint): (readonly Edit[])[] {
  const shifted = (rows: readonly number[]): readonly Edit[] =>
    rows.map((r): Edit => [r, column, felt(at(main, r, column) + by)]);
  const all = Array.from({ length: main.height }, (_, r) => r);
  const value = at(main, row, column);
  const end = all.find((r) => r > row && at(main, r, column) !== value) ?? main.height;
  return [all.slice(row), all.slice(0, row + 1), all.slice(row, end)].map(shifted);
}

/** Which chiplet a row belongs to, and what it does there. */
function chipletKind(main: TraceMatrix, row: number): string {
  const cells = (...columns: readonly number[]): string => columns.map((c) => at(main, row, c)).join('');
  const place = row === 0 ? 'first ' : row === main.height - 1 ? 'last ' : '';
  const [sCtrl, s1, s2, s3, s4] = [0, 1, 2, 3, 4].map((i) => at(main, row, CHIPLETS.sCtrl + i));
  if (sCtrl === 1n) {
    const isMerkle = at(main, row, CHIPLETS.mode) === 1n;
    const flags = [CONTROLLER.s0, CONTROLLER.s1, CONTROLLER.s2, CONTROLLER.opFinal];
    return `${place}controller ${cells(...flags, ...(isMerkle ? [CONTROLLER.isStart] : []))}`;
  }
  if (s1 === 0n) {
    const isAead = at(main, row, CHIPLETS.mode) === 1n;
    return isAead ? `aead ${row % AEAD_ROWS}` : `bitwise ${cells(BITWISE.op)}`;
  }
  if (s2 === 0n)
    return `memory ${cells(MEMORY.isRead, MEMORY.isWord, MEMORY.idx0, MEMORY.idx1, MEMORY.sameCtxAndAddr)}`;
  if (s3 === 0n) return `ace ${cells(ACE.sStart, ACE.sBlock, ACE.evalOp)}`;
  return `${place}${s4 === 0n ? 'kernel' : 'padding'}`;
}

const chiplets: SearchSubject = {
  air: chipletsAir,
  claim: () => [],
  programs: [
    ...['kernel_two', 'merkle_set', 'merkle_verify', 'arithmetic_circuit', 'u32_bits', 'memory_order'],
    ...['memory_contexts', 'memory_words', 'stream_cipher', 'long_span'],
  ],
  mendable: () => true,
  kind: chipletKind,
  starts: (main, row) =>
    main.height > 64
      ? []
      : [
          CHIPLETS.s1,
          CHIPLETS.s2,
          CHIPLETS.s3,
          CHIPLETS.s4,
          CHIPLETS.mode,
          CHIPLETS.clk,
          CONTROLLER.mrupdateId,
        ].flatMap((column) => [1n, -1n].flatMap((by) => runs(main, row, column, by))),
};

const eidos: SearchSubject = {
  air: eidosAir,
  claim: () => [],
  programs: ['stream_cipher'],
  mendable: () => true,
  kind: (main, row) => {
    const place = row === 0 ? 'first ' : row === main.height - 1 ? 'last ' : '';
    const mode = row % EIDOS_ROWS < EIDOS_ROUND_ROWS ? '' : ` mode ${at(main, row, EIDOS.mode)}`;
    return `${place}${row % EIDOS_ROWS}${mode}`;
  },
  starts: (main, row) => (row <= EIDOS_ROWS ? runs(main, row, EIDOS.cycleId, 1n) : []),
};

export const SUBJECTS: readonly SearchSubject[] = [core, chiplets, eidos];
