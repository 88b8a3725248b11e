import type { QuadFelt } from '../../../core/field/quad.ts';
import type { SeenTree } from '../observed.ts';
import { CLASSES, deviation, homogeneity, uniformity } from './chi-square.ts';
import type { View } from './view.ts';

const words = (bytes: Uint8Array): bigint[] => [...new BigUint64Array(bytes.slice().buffer)];

/** Everything of a view that must look random, by name: field elements and words of digests. */
function* positions({ rows, final, ...trees }: View): Generator<[name: string, value: bigint]> {
  function* list(name: string, values: Iterable<bigint>): Generator<[string, bigint]> {
    let i = 0;
    for (const value of values) yield [`${name} ${i++}`, value];
  }
  const flat = (values: readonly QuadFelt[]) => values.flatMap((value) => [...value]);
  yield* list('out of domain, z', flat(rows[0]));
  yield* list('out of domain, zh', flat(rows[1]));
  yield* list('final polynomial', flat(final));
  for (const name of ['main', 'aux', 'quotient'] as const) {
    const tree: SeenTree = trees[name];
    yield* list(`${name} root`, words(tree.root));
    yield* list(`${name} leaf`, tree.rows[0]);
    yield* list(`${name} sibling`, words(tree.siblings[0]));
  }
}

/** The classes a value falls into: by its low bits, and by the highest that salts have, below 2^63. */
const BITS = [(value: bigint) => Number(value & 15n), (value: bigint) => Number((value >> 59n) & 15n)];

/** How often each position had each class, for both witnesses. */
export class Tally {
  readonly #counts = new Map<string, [number[], number[]]>();

  add(which: 0 | 1, view: View): void {
    for (const [name, value] of positions(view)) {
      for (const [i, classOf] of BITS.entries()) {
        const key = `${name}, ${i === 0 ? 'low' : 'high'} bits`;
        let counts = this.#counts.get(key);
        if (!counts) {
          counts = [new Array<number>(CLASSES).fill(0), new Array<number>(CLASSES).fill(0)];
          this.#counts.set(key, counts);
        }
        counts[which][classOf(value)]++;
      }
    }
  }

  /**
   * The farthest of all positions from one law for both witnesses and from the uniform law, in standard deviations; and
   * how far the mean of the latter is from where it should be.
   */
  summary(): {
    readonly positions: number;
    readonly farthest: number;
    readonly where: string;
    readonly mean: number;
  } {
    let [farthest, where, sum] = [0, '', 0];
    for (const [name, [a, b]] of this.#counts) {
      const uniform = [uniformity(a), uniformity(b)];
      sum += uniform[0] + uniform[1];
      for (const chiSquare of [...uniform, homogeneity(a, b)]) {
        if (deviation(chiSquare) > farthest) [farthest, where] = [deviation(chiSquare), name];
      }
    }
    const tests = 2 * this.#counts.size;
    const degrees = CLASSES - 1;
    const mean = (sum / tests - degrees) / Math.sqrt((2 * degrees) / tests);
    return { positions: this.#counts.size, farthest, where, mean };
  }
}
