import { MODULUS } from '../../field/felt.ts';
import { Evaluator } from '../evaluate.ts';
import { Expr, type ExprGraph, Kind } from '../expr.ts';
import type { CellKind, Program as Ir, Op as IrOp, Operand, Term, UniformOperand } from '../lower/program.ts';
import { assignRegisters, type Instruction } from './assign.ts';
import {
  type Cell,
  type ConstantBlock,
  type ConstantSource,
  type ConstantTerm,
  constantBlockBytes,
  MAX_TERMS,
  Op,
  type TileProgram,
} from './program.ts';

/** Weighted terms that one `Fold` takes at most: few enough to keep their operands live, enough to pay for its loads. */
const FOLD_GROUP = 8;
/** One number in the base field, two in the extension; a number is a value of the instruction list. */
type Words = readonly number[];

interface Accumulator {
  readonly slot: number;
  /** Terms not emitted yet. */
  uses: number[];
  terms: ConstantTerm[];
  started: boolean;
  total: number;
  /** What was added without a coefficient. */
  plain: Words | undefined;
}

/** Translates a lowered program (core/air/lower) into tile code. */
export const encodeProgram = (graph: ExprGraph, ir: Ir): TileProgram => new Encoding(graph, ir).finish();

class Encoding {
  readonly #graph: ExprGraph;
  readonly #ir: Ir;
  readonly #instructions: Instruction[] = [];
  readonly #values: (Words | undefined)[];
  readonly #cells: Cell[] = [];
  readonly #cellWords = new Map<number, Words>();
  readonly #cellIndex = new Map<string, number>();
  readonly #blocks: ConstantBlock[] = [];
  readonly #constantWords = new Map<string, number>();
  readonly #challengeNodes: Expr[] = [];
  readonly #challengeIndex = new Map<number, number>();
  readonly #accumulators = new Map<number, Accumulator>();
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #constantBytes = 0;
  #valueCount = 0;
  #outputs = 0;

  constructor(graph: ExprGraph, ir: Ir) {
    this.#graph = graph;
    this.#ir = ir;
    this.#values = new Array(ir.values.length);
    for (const op of ir.ops) this.#translate(op);
  }

  finish(): TileProgram {
    const { code, registers, counts } = assignRegisters(this.#instructions, this.#valueCount);
    return {
      code,
      registers,
      counts,
      cells: this.#cells,
      outputs: this.#outputs,
      accumulators: this.#slots,
      constantBytes: this.#constantBytes,
      constants: this.#blocks,
      challengeNodes: new Evaluator(this.#graph, this.#challengeNodes),
    };
  }

  #translate(op: IrOp): void {
    switch (op.op) {
      case 'add':
      case 'sub':
        this.#values[op.to] = this.#sum(op.op === 'sub', op.a, op.b);
        break;
      case 'mul':
        this.#values[op.to] = this.#product(op.a, op.b);
        break;
      case 'neg':
        this.#values[op.to] = this.#words(op.a).map((x) => this.#one(Op.Neg, [x]));
        break;
      case 'dot':
        this.#values[op.to] = this.#dot(op.terms, op.constant, this.#ir.values[op.to]);
        break;
      case 'accumulate':
        this.#accumulate(op.accumulator, op.coefficient, op.a);
        break;
      case 'close':
        this.#values[op.to] = this.#close(op.accumulator);
        break;
      case 'output':
        this.#output(op.index, op.a);
    }
  }

  #fresh(): number {
    return this.#valueCount++;
  }
  #push(op: number, defs: Words, uses: readonly number[], data = 0): Words {
    this.#instructions.push({ op, defs, uses, data });
    return defs;
  }
  #one(op: number, uses: readonly number[], data = 0): number {
    return this.#push(op, [this.#fresh()], uses, data)[0];
  }

  /** The words of an operand that differs from row to row; loads a cell at its first use. */
  #words(operand: Operand): Words {
    if (operand.kind === 'value') return this.#values[operand.index]!;
    if (operand.kind === 'uniform') return this.#materialise(operand);
    const known = this.#cellWords.get(operand.index);
    if (known) return known;
    const { kind, column, offset, words: width } = this.#ir.cells[operand.index];
    const words = Array.from({ length: width }, (_, half) => {
      const of = {
        kind: CELL_KINDS[kind],
        column: width === 2 ? 2 * column + half : column,
        next: offset === 1,
      };
      return this.#one(Op.Load, [], this.#cell(of));
    });
    this.#cellWords.set(operand.index, words);
    return words;
  }

  #cell(cell: Cell): number {
    const key = `${cell.kind},${cell.column},${cell.next}`;
    let index = this.#cellIndex.get(key);
    if (index === undefined) {
      index = this.#cells.push(cell) - 1;
      this.#cellIndex.set(key, index);
    }
    return index;
  }

  #sum(minus: boolean, a: Operand, b: Operand): Words {
    if (b.kind === 'uniform') return this.#offset(this.#words(a), b, minus);
    const y = this.#words(b);
    if (a.kind === 'uniform') return minus ? this.#from(a, y) : this.#offset(y, a, false);
    const x = this.#words(a);
    const op = minus ? Op.Sub : Op.Add;
    return Array.from({ length: Math.max(x.length, y.length) }, (_, half) => {
      if (half >= y.length) return x[half];
      if (half >= x.length) return minus ? this.#one(Op.Neg, [y[half]]) : y[half];
      return this.#one(op, [x[half], y[half]]);
    });
  }

  /** x + constant, or x - constant. */
  #offset(x: Words, uniform: UniformOperand, minus: boolean): Words {
    return Array.from({ length: Math.max(x.length, uniform.words) }, (_, half) => {
      if (half >= uniform.words) return x[half];
      const base = x[half] ?? this.#zero(x[0]);
      return this.#one(Op.Offset, [base], this.#word(uniform, half as 0 | 1, minus));
    });
  }

  /** constant - x. */
  #from(uniform: UniformOperand, x: Words): Words {
    return Array.from({ length: Math.max(x.length, uniform.words) }, (_, half) => {
      if (half >= uniform.words) return this.#one(Op.Neg, [x[half]]);
      const base = x[half] ?? this.#zero(x[0]);
      return this.#one(Op.From, [base], this.#word(uniform, half as 0 | 1, false));
    });
  }

  #product(a: Operand, b: Operand): Words {
    if (a.kind === 'uniform') return this.#scaled(b, a);
    if (b.kind === 'uniform') return this.#scaled(a, b);
    const x = this.#words(a);
    const y = this.#words(b);
    if (x.length === 2 && y.length === 2) {
      return this.#push(Op.ExtMul, [this.#fresh(), this.#fresh()], [...x, ...y]);
    }
    const [wide, scalar] = x.length === 2 ? [x, y[0]] : [y, x[0]];
    return wide.map((v) => this.#one(Op.Mul, [v, scalar]));
  }

  #scaled(operand: Operand, uniform: UniformOperand): Words {
    if (operand.words === 2 && uniform.words === 2) {
      return this.#dot([{ coefficient: uniform, operand }], undefined, 2);
    }
    const x = this.#words(operand);
    const literal = this.#literal(uniform);
    if (literal !== undefined) return x.map((v) => this.#timesLiteral(v, literal, uniform));
    return Array.from({ length: Math.max(x.length, uniform.words) }, (_, half) =>
      this.#one(
        Op.Scale,
        [x[half] ?? x[0]],
        this.#word(uniform, uniform.words === 2 ? (half as 0 | 1) : 0, false),
      ),
    );
  }

  #literal({ index }: UniformOperand): bigint | undefined {
    const { node } = this.#ir.uniforms[index];
    const { kind, a, constants } = this.#graph;
    return node !== undefined && kind[node] === Kind.Const ? constants[a[node]] : undefined;
  }

  /** value * literal, cheaper for -1 and small powers of two. */
  #timesLiteral(value: number, literal: bigint, uniform: UniformOperand): number {
    if (literal === MODULUS - 1n) return this.#one(Op.Neg, [value]);
    const shift = literal.toString(2).length - 1;
    if (shift > 0 && shift <= 32 && literal === 1n << BigInt(shift))
      return this.#one(Op.Shift, [value], shift);
    return this.#one(Op.Scale, [value], this.#word(uniform, 0, false));
  }

  #dot(terms: readonly Term[], constant: UniformOperand | undefined, words: 1 | 2): Words {
    const uses: number[] = [];
    const list: ConstantTerm[] = [];
    for (const { coefficient, operand } of terms)
      this.#addTerms(coefficient, this.#words(operand), uses, list);
    if (list.length > MAX_TERMS) throw new RangeError(`${list.length} terms in one sum`);
    const offset = this.#block({
      kind: words === 2 ? 'combine2' : 'combine1',
      ...(constant && { start: this.#source(constant) }),
      terms: list,
    });
    const to = Array.from({ length: words }, () => this.#fresh());
    return this.#push(words === 2 ? Op.Combine2 : Op.Combine1, to, uses, offset);
  }

  /** coefficient * (x0 + x1 X) as terms, one per word of x. */
  #addTerms(coefficient: UniformOperand, x: Words, uses: number[], terms: ConstantTerm[]): void {
    const source = this.#source(coefficient);
    x.forEach((word, half) => {
      uses.push(word);
      terms.push(half === 1 ? { ...source, timesX: true } : source);
    });
  }

  #accumulator(index: number): Accumulator {
    let accumulator = this.#accumulators.get(index);
    if (!accumulator) {
      const slot = this.#freeSlots.pop() ?? this.#slots++;
      accumulator = { slot, uses: [], terms: [], started: false, total: 0, plain: undefined };
      this.#accumulators.set(index, accumulator);
    }
    return accumulator;
  }

  #accumulate(index: number, coefficient: UniformOperand | undefined, a: Operand): void {
    const accumulator = this.#accumulator(index);
    const x = this.#words(a);
    if (coefficient) {
      this.#addTerms(coefficient, x, accumulator.uses, accumulator.terms);
      if (accumulator.terms.length >= FOLD_GROUP) this.#flush(accumulator);
    } else {
      const { plain } = accumulator;
      accumulator.plain = plain ? plain.map((p, half) => this.#one(Op.Add, [p, x[half]])) : x;
    }
  }

  #flush(accumulator: Accumulator): void {
    const { uses, terms, slot, started } = accumulator;
    if (terms.length === 0) return;
    accumulator.total += terms.length;
    if (accumulator.total > MAX_TERMS) throw new RangeError('too many constraints in one sum');
    this.#push(started ? Op.Fold : Op.FoldFirst, [], [slot, ...uses], this.#block({ kind: 'fold', terms }));
    accumulator.started = true;
    accumulator.uses = [];
    accumulator.terms = [];
  }

  #close(index: number): Words {
    const accumulator = this.#accumulator(index);
    this.#flush(accumulator);
    this.#accumulators.delete(index);
    this.#freeSlots.push(accumulator.slot);
    const { plain, started, slot } = accumulator;
    if (!started) return plain!;
    const folded = this.#push(Op.Close, [this.#fresh(), this.#fresh()], [], slot);
    return plain ? folded.map((f, half) => this.#one(Op.Add, [f, plain[half]])) : folded;
  }

  /** Outputs are pairs of words. */
  #output(index: number, a: Operand): void {
    const x = this.#words(a);
    this.#push(Op.Store, [], [x[0]], 2 * index);
    this.#push(Op.Store, [], [x[1] ?? this.#zero(x[0])], 2 * index + 1);
    this.#outputs = Math.max(this.#outputs, 2 * index + 2);
  }

  #zero(any: number): number {
    return this.#one(Op.Sub, [any, any]);
  }

  /** A uniform where only a register will do. */
  #materialise(uniform: UniformOperand): Words {
    const zero = this.#zero(this.#one(Op.Load, [], this.#cell({ kind: Kind.Main, column: 0, next: false })));
    return Array.from({ length: uniform.words }, (_, half) =>
      this.#one(Op.Offset, [zero], this.#word(uniform, half as 0 | 1, false)),
    );
  }

  #source({ index }: UniformOperand): ConstantSource {
    const { node, weight } = this.#ir.uniforms[index];
    return weight === undefined ? { node: this.#challenge(node!) } : { weight };
  }

  #challenge(id: number): number {
    let index = this.#challengeIndex.get(id);
    if (index === undefined) {
      index = this.#challengeNodes.push(new Expr(this.#graph, id)) - 1;
      this.#challengeIndex.set(id, index);
    }
    return index;
  }

  #block(block: Omit<ConstantBlock, 'offset'>): number {
    const offset = this.#constantBytes;
    this.#blocks.push({ ...block, offset });
    this.#constantBytes += constantBlockBytes(block.kind, block.terms.length);
    return offset;
  }

  /** A component of a uniform, or its negative, as a word. */
  #word(uniform: UniformOperand, component: 0 | 1, negative: boolean): number {
    const key = `${uniform.index},${component},${negative}`;
    let offset = this.#constantWords.get(key);
    if (offset === undefined) {
      offset = this.#block({ kind: 'word', start: this.#source(uniform), component, negative, terms: [] });
      this.#constantWords.set(key, offset);
    }
    return offset;
  }
}

const CELL_KINDS: Readonly<Record<CellKind, number>> = {
  main: Kind.Main,
  aux: Kind.Aux,
  preprocessed: Kind.Preprocessed,
  periodic: Kind.Periodic,
  'is-first': Kind.IsFirst,
  'is-last': Kind.IsLast,
  'is-transition': Kind.IsTransition,
};
