import {
  add,
  conjugate,
  constant,
  inverse,
  merge,
  split,
  subtract,
  times,
  type Values,
} from './falcon512-fft.ts';
import { isDeviation, type RandomStream, sampleInteger } from './falcon512-sampler.ts';

/** Falcon's trees: the LDL* decomposition of a basis's Gram matrix, down to numbers (specification 1.2, algorithm 9). */
export type FalconTree = { readonly sigma: number } | Branch;

interface Branch {
  readonly l: Values;
  readonly left: FalconTree;
  readonly right: FalconTree;
}

/** The deviation of signatures of degree 512. */
const SIGMA = 165.7366171829776;

/** The tree of the basis [[a, b], [c, d]]; `undefined` if it is not short enough to sample with. */
export function treeOf([a, b, c, d]: readonly [Values, Values, Values, Values]): FalconTree | undefined {
  const product = (x: Values, y: Values): Values => times(x, conjugate(y));
  const g00 = add(product(a, a), product(b, b));
  const g10 = add(product(c, a), product(d, b));
  const g11 = add(product(c, c), product(d, d));
  return decompose(g00, g10, g11);
}

function decompose(g00: Values, g10: Values, g11: Values): FalconTree | undefined {
  const l = times(g10, inverse(g00));
  const d11 = subtract(g11, times(g00, times(l, conjugate(l))));
  const [left, right] = [g00, d11].map((diagonal) => {
    if (diagonal.re.length === 2) return leaf(diagonal);
    const [even, odd] = split(diagonal);
    return decompose(even, conjugate(odd), even);
  });
  return left && right && { l, left, right };
}

function leaf({ re }: Values): FalconTree | undefined {
  const sigma = SIGMA / Math.sqrt(re[0]);
  return isDeviation(sigma) ? { sigma } : undefined;
}

/** Integer polynomials near (t0, t1), distributed so that nothing shows of the basis (ffSampling, algorithm 11). */
export function sampleNear(t0: Values, t1: Values, tree: FalconTree, random: RandomStream): [Values, Values] {
  if ('sigma' in tree) {
    const z0 = sampleInteger(t0.re[0], tree.sigma, random);
    const z1 = sampleInteger(t1.re[0], tree.sigma, random);
    return [constant(z0), constant(z1)];
  }
  const z1 = merge(...sampleNear(...split(t1), tree.right, random));
  const moved = add(t0, times(subtract(t1, z1), tree.l));
  const z0 = merge(...sampleNear(...split(moved), tree.left, random));
  return [z0, z1];
}
