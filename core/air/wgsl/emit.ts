import { Expr, type ExprGraph, Kind } from '../expr.ts';
import { isOperation } from './cluster.ts';

/** How a kernel reads a cell: WGSL for the value of a base column. */
export type ReadCell = (
  kind: 'main' | 'aux' | 'fixed' | 'periodic' | 'selector',
  column: number,
  next: boolean,
) => string;

/** Nodes whose values come with the proof, in the order in which kernels find them. */
export class UniformTable {
  readonly nodes: Expr[] = [];
  readonly #index = new Map<number, number>();

  /** Place of a node's value among the uniforms. */
  at(graph: ExprGraph, node: number): number {
    let index = this.#index.get(node);
    if (index === undefined) {
      index = this.nodes.push(new Expr(graph, node)) - 1;
      this.#index.set(node, index);
    }
    return index;
  }
}

const SELECTORS: ReadonlyMap<number, number> = new Map([
  [Kind.IsFirst, 0],
  [Kind.IsLast, 1],
  [Kind.IsTransition, 2],
]);

/**
 * Writes expressions of a graph as WGSL statements, each node once, where it is first needed. Base values are
 * `vec2<u32>`, extension values `vec4<u32>`.
 */
export class Emitter {
  readonly lines: string[] = [];
  /** The operations written so far. */
  readonly emitted: number[] = [];
  readonly #graph: ExprGraph;
  readonly #uniform: Uint8Array;
  readonly #uniforms: UniformTable;
  readonly #read: ReadCell;
  readonly #names = new Map<number, string>();

  constructor(graph: ExprGraph, uniform: Uint8Array, uniforms: UniformTable, read: ReadCell) {
    this.#graph = graph;
    this.#uniform = uniform;
    this.#uniforms = uniforms;
    this.#read = read;
  }

  /** An operand for the node's value. */
  value(node: number): string {
    const known = this.#names.get(node);
    if (known !== undefined) return known;
    const name = this.#leaf(node) ?? this.#statement(node, this.#operation(node));
    this.#names.set(node, name);
    return name;
  }

  /** The same as an extension value. */
  extension(node: number): string {
    const value = this.value(node);
    return this.#graph.extension[node] ? value : `vec4<u32>(${value}, 0u, 0u)`;
  }

  isExtension(node: number): boolean {
    return this.#graph.extension[node] === 1;
  }

  #leaf(node: number): string | undefined {
    const { kind, a, b, constants, extension } = this.#graph;
    if (kind[node] === Kind.Const) {
      const c = constants[a[node]];
      return `vec2<u32>(${c & 0xffff_ffffn}u, ${c >> 32n}u)`;
    }
    if (this.#uniform[node]) {
      const at = this.#uniforms.at(this.#graph, node);
      return extension[node] ? `constant4(${2 * at}u)` : `constants[${2 * at}]`;
    }
    if (isOperation(this.#graph, node)) return undefined;
    const next = b[node] === 1;
    switch (kind[node]) {
      case Kind.Main:
        return this.#statement(node, this.#read('main', a[node], next));
      case Kind.Preprocessed:
        return this.#statement(node, this.#read('fixed', a[node], next));
      case Kind.Periodic:
        return this.#statement(node, this.#read('periodic', a[node], false));
      case Kind.Aux: {
        const [low, high] = [2 * a[node], 2 * a[node] + 1].map((c) => this.#read('aux', c, next));
        return this.#statement(node, `vec4<u32>(${low}, ${high})`);
      }
      default:
        return this.#statement(node, this.#read('selector', SELECTORS.get(kind[node])!, false));
    }
  }

  #operation(node: number): string {
    const { kind, a, b, extension } = this.#graph;
    this.emitted.push(node);
    const x = this.value(a[node]);
    if (kind[node] === Kind.Neg) return `${extension[node] ? 'eneg' : 'fneg'}(${x})`;
    const y = this.value(b[node]);
    const [ex, ey] = [extension[a[node]] === 1, extension[b[node]] === 1];
    if (!ex && !ey) {
      const name = kind[node] === Kind.Add ? 'fadd' : kind[node] === Kind.Sub ? 'fsub' : 'fmul';
      return `${name}(${x}, ${y})`;
    }
    if (ex && ey) {
      const name = kind[node] === Kind.Add ? 'eadd' : kind[node] === Kind.Sub ? 'esub' : 'emul';
      return `${name}(${x}, ${y})`;
    }
    if (kind[node] === Kind.Sub) return ex ? `esubb(${x}, ${y})` : `bsube(${x}, ${y})`;
    const name = kind[node] === Kind.Add ? 'eaddb' : 'emulb';
    return ex ? `${name}(${x}, ${y})` : `${name}(${y}, ${x})`;
  }

  #statement(node: number, expression: string): string {
    this.lines.push(`let n${node} = ${expression};`);
    return `n${node}`;
  }
}
