import { midenAirs } from '../../core/air/miden.ts';
import { OP_NAMES } from '../../core/vm/opcodes.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';
import type { Edit, Subject } from './forgery.ts';

/** What the search must know of an AIR, beside what replaying a forgery needs. */
export interface SearchSubject extends Subject {
  /** Programs of `vectors/masm.json` to look through; shorter lies come from shorter traces, so those go first. */
  readonly programs: readonly string[];
  /** Columns that repairs may change. Lies that leave the selectors alone stay simple. */
  mendable(column: number): boolean;
  /** What a row is about; of each kind of pair of rows one is looked at. */
  kind(main: TraceMatrix, row: number): string;
  /** First changes of several cells at once. */
  starts(main: TraceMatrix, row: number): (readonly Edit[])[];
}

const [coreAir] = midenAirs();

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

export const SUBJECTS: readonly SearchSubject[] = [core];
