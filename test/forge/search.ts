import { Kind } from '../../core/air/expr.ts';
import type { RowEvaluator } from '../../core/air/row-evaluator.ts';
import type { Air, Constraint } from '../../core/air/types.ts';
import { felt, inv, MODULUS } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';
import {
  baseEvaluator,
  brokenAt,
  type Edit,
  type Forgery,
  forge,
  type Subject,
  windowsOf,
} from './forgery.ts';

/** A first change that breaks a constraint: a place to start from. */
interface Start {
  readonly program: string;
  readonly main: TraceMatrix;
  readonly edits: readonly Edit[];
  readonly cost: number;
}

/** Starts kept per constraint, and of those per row of a trace. */
const STARTS = 8;
const STARTS_PER_ROW = 2;
const DELTAS: readonly bigint[] = [1n, MODULUS - 1n, 12_345_678_901n];

/**
 * Looks for forgeries of an AIR's base constraints. It changes one cell and sees what breaks; then it repairs all else
 * by changing further cells, as a liar would who carries his lie through the trace, until the wanted constraint alone
 * is broken. Constraints that read public values are left out: their forgery is a false claim.
 */
export class ForgerySearch {
  readonly #subject: Subject;
  readonly #constraints: readonly Constraint[];
  readonly #reads: readonly (readonly (readonly [offset: number, column: number])[])[];
  readonly #starts: Start[][];
  readonly #best: (Forgery | undefined)[];
  readonly #mendable: (column: number) => boolean;

  /** `mendable`: columns that repairs may change. Lies that leave the selectors alone stay simple. */
  constructor(subject: Subject, mendable: (column: number) => boolean) {
    this.#subject = subject;
    this.#mendable = mendable;
    const all = subject.air.constraints.filter(({ expr }) => !expr.isExtension);
    this.#constraints = all.filter(({ expr }) => !leavesOf(subject.air, expr.id).readsPublic);
    this.#reads = this.#constraints.map(({ expr }) => leavesOf(subject.air, expr.id).cells);
    this.#starts = this.#constraints.map(() => []);
    this.#best = this.#constraints.map(() => undefined);
  }

  /** The best forgery of each constraint so far, in the constraints' order. */
  get forgeries(): Forgery[] {
    return this.#best.filter((forgery) => forgery !== undefined);
  }

  /** Takes over a forgery found before, if it still does what it says. */
  keep(forgery: Forgery, honest: TraceMatrix): void {
    const index = this.#constraints.findIndex(({ name }) => name === forgery.constraint);
    const main = forge(honest, forgery.edits);
    const broken = brokenAt(this.#subject, main, windowsOf(main.height, forgery.edits));
    const expected = new Set([forgery.constraint, ...forgery.also]);
    if (broken.length === expected.size && broken.every((name) => expected.has(name)))
      this.#best[index] = forgery;
  }

  /** Changes each cell of the given rows: cheap, and enough for most constraints. */
  changeCells(program: string, main: TraceMatrix, rows: readonly number[]): void {
    const starts = rows.flatMap((row) =>
      Array.from({ length: main.width }, (_, column) => column).flatMap((column) =>
        DELTAS.map((delta): readonly Edit[] => [
          [row, column, felt(main.data[column * main.height + row] + delta)],
        ]),
      ),
    );
    this.change(program, main, starts);
  }

  /** Makes each of the given changes, several cells at a time. */
  change(program: string, main: TraceMatrix, starts: Iterable<readonly Edit[]>): void {
    const evaluator = baseEvaluator(this.#subject, main, [], this.#constraints);
    for (const edits of starts) {
      const lie = new Lie(evaluator, this.#constraints.length, main);
      for (const edit of edits) lie.write(edit);
      this.#record(program, lie);
      const broken = lie.brokenConstraints();
      const simple = edits.length > 1 || this.#mendable(edits[0][1]);
      const cost = broken.size + (simple ? 0 : 3);
      for (const i of broken) this.#addStart(i, { program, main, edits, cost });
      lie.undo();
    }
  }

  #addStart(constraint: number, start: Start): void {
    const starts = this.#starts[constraint];
    const [[row]] = start.edits;
    const alike = starts.filter(({ main, edits }) => main === start.main && edits[0][0] === row);
    if (alike.length >= STARTS_PER_ROW && alike.every(({ cost }) => cost <= start.cost)) return;
    starts.push(start);
    starts.sort((a, b) => a.cost - b.cost);
    if (starts.length > STARTS) starts.pop();
  }

  /** From the most promising single changes mends what else they break, in up to `tries` traces per start. */
  repair(tries: number, report: (constraint: string, alone: boolean) => void): void {
    for (const [target, { name }] of this.#constraints.entries()) {
      if (this.#isAlone(target)) continue;
      for (const start of this.#starts[target]) {
        this.#repairFrom(target, start, tries);
        if (this.#isAlone(target)) break;
      }
      report(name, this.#isAlone(target));
    }
  }

  #isAlone(constraint: number): boolean {
    return this.#best[constraint]?.also.length === 0;
  }

  #repairFrom(target: number, { program, main, edits: start }: Start, tries: number): void {
    const all = baseEvaluator(this.#subject, main, [], this.#constraints);
    const singles = new Map<number, RowEvaluator>();
    const single = (constraint: number): RowEvaluator => {
      const known = singles.get(constraint);
      if (known) return known;
      const made = baseEvaluator(this.#subject, main, [], [this.#constraints[constraint]]);
      singles.set(constraint, made);
      return made;
    };
    const open: { edits: readonly Edit[]; cost: number }[] = [{ edits: start, cost: 0 }];
    for (let i = 0; i < tries && !this.#isAlone(target); i++) {
      // Cheapest first; of equals the one that went furthest.
      open.sort((x, y) => x.cost - y.cost || y.edits.length - x.edits.length);
      const node = open.shift();
      if (!node) break;
      const lie = new Lie(all, this.#constraints.length, main);
      for (const one of node.edits) lie.write(one);
      this.#record(program, lie);
      const others = lie.brokenWindows().filter(([, constraint]) => constraint !== target);
      for (const [window, constraint] of others.slice(0, 2)) {
        for (const mend of this.#mends(lie, single(constraint), window, constraint)) {
          const cost = lie.costOf(mend, target);
          if (cost <= others.length + 2) open.push({ edits: [...node.edits, mend], cost });
        }
      }
      lie.undo();
    }
  }

  #record(program: string, lie: Lie): void {
    const broken = lie.brokenConstraints();
    for (const i of broken) {
      const best = this.#best[i];
      if (best && best.also.length < broken.size) continue;
      const also = [...broken].filter((other) => other !== i).map((other) => this.#constraints[other].name);
      this.#best[i] = { constraint: this.#constraints[i].name, program, edits: lie.edits(), also };
    }
  }

  /** Changes of one untouched cell that make a constraint vanish at a window. */
  #mends(lie: Lie, single: RowEvaluator, window: number, constraint: number): Edit[] {
    return this.#reads[constraint].flatMap(([offset, column]) => {
      const row = (window + offset) % lie.main.height;
      if (lie.touched(row, column) || !this.#mendable(column)) return [];
      return solve(lie.main, single, window, row, column).map((value) => [row, column, value] as const);
    });
  }
}

/** Values of a cell with which the evaluator's only root vanishes: the solution if it is linear in the cell, 0 and 1. */
function solve(
  main: TraceMatrix,
  single: RowEvaluator,
  window: number,
  row: number,
  column: number,
): bigint[] {
  const at = column * main.height + row;
  const old = main.data[at];
  const valueWith = (cell: bigint): bigint => {
    main.data[at] = cell;
    single.seek(window);
    main.data[at] = old;
    return single.value(0)[0];
  };
  const now = valueWith(old);
  const slope = felt(valueWith(felt(old + 1n)) - now);
  if (slope === 0n) return [];
  const values = new Set([felt(old - now * inv(slope)), 0n, 1n]);
  return [...values].filter((value) => value !== old && valueWith(value) === 0n);
}

/** A trace with some cells changed in place, and what that breaks in which windows. */
class Lie {
  readonly main: TraceMatrix;
  readonly #evaluator: RowEvaluator;
  readonly #constraints: number;
  readonly #original = new Map<number, bigint>();
  readonly #broken = new Map<number, number[]>();

  constructor(evaluator: RowEvaluator, constraints: number, main: TraceMatrix) {
    this.#evaluator = evaluator;
    this.#constraints = constraints;
    this.main = main;
  }

  touched(row: number, column: number): boolean {
    return this.#original.has(column * this.main.height + row);
  }
  write(edit: Edit): void {
    const [row, column, value] = edit;
    const at = column * this.main.height + row;
    if (!this.#original.has(at)) this.#original.set(at, this.main.data[at]);
    this.main.data[at] = value;
    for (const w of windowsOf(this.main.height, [edit])) this.#broken.set(w, this.#evaluate(w));
  }
  undo(): void {
    for (const [at, value] of this.#original) this.main.data[at] = value;
  }

  edits(): Edit[] {
    const { height, data } = this.main;
    return [...this.#original.keys()].map((at) => [at % height, Math.floor(at / height), data[at]]);
  }
  brokenConstraints(): Set<number> {
    return new Set([...this.#broken.values()].flat());
  }
  brokenWindows(): (readonly [window: number, constraint: number])[] {
    return [...this.#broken].flatMap(([w, constraints]) => constraints.map((i) => [w, i] as const));
  }

  /** How many constraints other than `target` one more edit leaves broken; infinite if it heals `target`. */
  costOf(edit: Edit, target: number): number {
    const [row, column, value] = edit;
    const at = column * this.main.height + row;
    const old = this.main.data[at];
    this.main.data[at] = value;
    const after = new Map(this.#broken);
    for (const w of windowsOf(this.main.height, [edit])) after.set(w, this.#evaluate(w));
    this.main.data[at] = old;
    const all = [...after.values()].flat();
    return all.includes(target) ? all.filter((i) => i !== target).length : Number.POSITIVE_INFINITY;
  }

  #evaluate(row: number): number[] {
    this.#evaluator.seek(row);
    const broken: number[] = [];
    for (let i = 0; i < this.#constraints; i++) if (!Q.isZero(this.#evaluator.value(i))) broken.push(i);
    return broken;
  }
}

/** What an expression reads: cells of the current and of the next row, and whether public values. */
function leavesOf(air: Air, root: number) {
  const { kind, a, b } = air.graph;
  const seen = new Set<number>();
  const cells: (readonly [offset: number, column: number])[] = [];
  let readsPublic = false;
  const pending = [root];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (kind[id] === Kind.Main) cells.push([b[id], a[id]]);
    if (kind[id] === Kind.Public) readsPublic = true;
    if (kind[id] >= Kind.Add) pending.push(a[id]);
    if (kind[id] >= Kind.Add && kind[id] !== Kind.Neg) pending.push(b[id]);
  }
  return { cells, readsPublic };
}
