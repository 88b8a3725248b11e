import { Op, type OpName } from '../../vm/opcodes.ts';
import type { Expr, ExprGraph } from '../expr.ts';
import type { CoreRow } from './row.ts';

/**
 * Flags of the row's operation: polynomials in its opcode bits that are 1 for one operation (or for a set of them)
 * and 0 for all others. Two cells lower their degree: extra0 stands for the prefix 101, extra1 for the prefix 11.
 *
 *   b6 b5 b4 | degree | opcodes | bits that tell them apart
 *   0  .  .  |   7    |  0-63   | all
 *   1  0  0  |   6    | 64-79   | b3 b2 b1
 *   1  0  1  |   5    | 80-95   | b3 b2 b1 b0
 *   1  1  .  |   4    | 96-127  | b4 b3 b2
 *
 * A flag is a leaf of a binary tree over the bits, most significant first; an inner node is the flag of all opcodes
 * below it. A node's children are `node * bit` and `node - node * bit`: one product for two children.
 * (miden-air 1.0.0-rc.0, src/constraints/op_flags/mod.rs.)
 */
export class OpFlags {
  readonly #graph: ExprGraph;
  readonly #row: CoreRow;
  readonly #nodes = new Map<string, Expr>();

  /** Stack position i keeps its value. */
  readonly noShift: readonly Expr[];
  /** The value of stack position i moves to i - 1. */
  readonly leftShift: readonly Expr[];
  /** The value of stack position i moves to i + 1. */
  readonly rightShift: readonly Expr[];
  /** One item leaves the stack and the depth falls; not DYNCALL, which starts a stack of its own. */
  readonly shrinks: Expr;
  /** One item joins the stack and the depth rises. */
  readonly grows: Expr;
  /** The operation stands outside of a basic block. */
  readonly controlFlow: Expr;
  /** The overflow table holds items of this stack. */
  readonly overflow: Expr;
  /** The operation of the next row. */
  readonly next: { readonly END: Expr; readonly REPEAT: Expr; readonly RESPAN: Expr; readonly HALT: Expr };

  constructor(graph: ExprGraph, row: CoreRow, nextRow: CoreRow) {
    this.#graph = graph;
    this.#row = row;

    const endOfLoop = this.of('END').mul(row.isLoop);
    this.noShift = this.#noShift(endOfLoop);
    this.leftShift = this.#leftShift(endOfLoop);
    this.rightShift = this.#rightShift();
    this.shrinks = this.any('SPLIT', 'REPEAT', 'DYN')
      .add(this.prefix('010'))
      .add(this.prefix('10011')) // U32ADD3 and U32MADD
      .add(endOfLoop);
    this.grows = this.any('PUSH', 'U32SPLIT').add(this.prefix('011'));
    this.controlFlow = this.any('DYNCALL', 'DYN')
      .add(this.prefix('1101')) // SYSCALL and CALL
      .add(this.prefix('10101')) // SPLIT, LOOP, SPAN and JOIN
      .add(this.prefix('111')); // END, REPEAT, RESPAN and HALT
    this.overflow = row.depth.sub(16).mul(row.depthInverse);

    const [, , b2, b3, b4] = nextRow.opBits;
    const prefix = nextRow.extra1.mul(b4);
    const high = prefix.mul(b3);
    const low = prefix.sub(high);
    const HALT = high.mul(b2);
    const REPEAT = low.mul(b2);
    this.next = { END: low.sub(REPEAT), REPEAT, RESPAN: high.sub(HALT), HALT };
  }

  /** Flag of one operation. */
  of(op: OpName): Expr {
    return this.opcode(Op[op]);
  }

  /** Flag of any of these operations. */
  any(...ops: readonly OpName[]): Expr {
    return ops.reduce((sum, op) => sum.add(this.of(op)), this.#graph.lift(0));
  }

  /** Flag of one opcode, used or not. */
  opcode(code: number): Expr {
    const path = bits(code);
    if (path.startsWith('100')) return this.prefix(path.slice(0, 6));
    if (path.startsWith('11')) return this.prefix(path.slice(0, 5));
    return this.prefix(path);
  }

  /** Flag of all opcodes that start with these bits, most significant first. */
  prefix(path: string): Expr {
    let node = this.#nodes.get(path);
    if (!node) {
      node = this.#build(path);
      this.#nodes.set(path, node);
    }
    return node;
  }

  #build(path: string): Expr {
    if (path === '101') return this.#row.extra0;
    if (path === '11') return this.#row.extra1;
    const bit = this.#row.opBits[7 - path.length];
    if (path.length === 1) return path === '1' ? bit : bit.not();
    const parent = this.prefix(path.slice(0, -1));
    const one = parent.mul(bit);
    return path.endsWith('1') ? one : parent.sub(one);
  }

  /** For each depth, the sum of what joined up to it less what left up to it. */
  #accumulate(joins: Deltas, leaves: Deltas): Expr[] {
    let flag = this.#graph.lift(0);
    return Array.from({ length: 16 }, (_, depth) => {
      flag = (joins[depth] ?? []).reduce((sum, term) => sum.add(term), flag);
      flag = (leaves[depth] ?? []).reduce((sum, term) => sum.sub(term), flag);
      return flag;
    });
  }

  #noShift(endOfLoop: Expr): Expr[] {
    const of = (...ops: OpName[]) => ops.map((op) => this.of(op));
    // A move of width w leaves everything below position w in place.
    const move = (width: MoveWidth) => this.prefix(bits(Op[`MOVUP${width}`]).slice(0, 6));
    const stream = this.any('PIPE', 'MSTREAM');
    const horner = this.any('HORNERBASE', 'HORNEREXT');
    // Opcode 6 is unused; it counts as an operation that changes nothing.
    const unused = this.opcode(6);
    return this.#accumulate(
      {
        0: [
          ...of('NOOP', 'EMIT', 'U32ASSERT2', 'COMPRESS', 'MPVERIFY', 'EVALCIRCUIT', 'END'),
          horner,
          unused,
          this.prefix('10101'), // SPLIT, LOOP, SPAN and JOIN; SPLIT leaves again below
          this.prefix('1101'), // SYSCALL and CALL
          this.prefix('1111'), // RESPAN and HALT
        ],
        1: [this.prefix('0000')], // NOOP, EQZ, NEG, INV, INCR, NOT, 6 and MLOAD
        2: [this.of('SWAP'), this.prefix('1000')], // and U32ADD, U32SUB, U32MUL and U32DIV
        3: [move(2)],
        4: [
          move(3),
          ...of('CALLER', 'EXT2MUL', 'MRUPDATE', 'LOGDEFERRED'),
          this.prefix('000111'), // ADVPOPW and EXPACC
          this.prefix('001110'), // SWAPW2 and SWAPW3
        ],
        5: [move(4)],
        6: [move(5)],
        7: [move(6)],
        8: [move(7), this.of('SWAPW'), stream],
        9: [move(8)],
        12: of('SWAPW2', 'COMPRESS'),
        13: [stream],
      },
      {
        0: [this.of('SPLIT'), endOfLoop],
        1: [this.of('NOOP'), unused],
        8: of('COMPRESS', 'SWAPW2'),
        12: [this.of('SWAPW3'), stream],
        14: [horner],
      },
    );
  }

  #leftShift(endOfLoop: Expr): Expr[] {
    const of = (...ops: OpName[]) => ops.map((op) => this.of(op));
    return this.#accumulate(
      {
        1: [
          ...of('ASSERT', 'DROP', 'MSTORE', 'MSTOREW', 'SPLIT', 'REPEAT', 'DYN', 'DYNCALL'),
          ...of('MOVDN2', 'MOVDN3', 'MOVDN4', 'MOVDN5', 'MOVDN6', 'MOVDN7', 'MOVDN8'),
          this.opcode(47), // unused; counts as a DROP
          endOfLoop,
        ],
        2: [this.prefix('0100')], // ASSERT, EQ, ADD, MUL, AND, OR, U32AND and U32XOR
        3: of('CSWAP', 'U32ADD3', 'U32MADD'),
        5: of('MLOADW'),
        9: of('CSWAPW'),
      },
      {
        2: of('ASSERT'),
        3: of('MOVDN2'),
        4: of('MOVDN3'),
        5: of('MOVDN4'),
        6: of('MOVDN5'),
        7: of('MOVDN6'),
        8: of('MOVDN7'),
        9: of('MOVDN8'),
      },
    );
  }

  #rightShift(): Expr[] {
    const of = (...ops: OpName[]) => ops.map((op) => this.of(op));
    return this.#accumulate(
      {
        0: [
          this.prefix('011'), // PAD, all DUP, ADVPOP, SDEPTH and CLK
          ...of('PUSH', 'MOVUP2', 'MOVUP3', 'MOVUP4', 'MOVUP5', 'MOVUP6', 'MOVUP7', 'MOVUP8'),
        ],
        1: of('U32SPLIT'),
      },
      {
        2: of('MOVUP2'),
        3: of('MOVUP3'),
        4: of('MOVUP4'),
        5: of('MOVUP5'),
        6: of('MOVUP6'),
        7: of('MOVUP7'),
        8: of('MOVUP8'),
      },
    );
  }
}

/** Terms of a sum, by the depth from which they count. */
type Deltas = Readonly<Partial<Record<number, readonly Expr[]>>>;
type MoveWidth = 2 | 3 | 4 | 5 | 6 | 7 | 8;

const bits = (code: number): string => code.toString(2).padStart(7, '0');
