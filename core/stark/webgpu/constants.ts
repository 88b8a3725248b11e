import { Evaluator } from '../../air/evaluate.ts';
import type { Air } from '../../air/types.ts';
import { type AirKernels, constraintKernels, lookupKernels } from '../../air/wgsl/kernels.ts';
import type { Felt } from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';

interface Kernels {
  readonly constraints: AirKernels;
  readonly lookups: AirKernels;
}
const known = new WeakMap<Air, Kernels>();

/** The kernels of an AIR, written once. */
export function kernelsOf(air: Air): Kernels {
  let kernels = known.get(air);
  if (!kernels) {
    kernels = { constraints: constraintKernels(air), lookups: lookupKernels(air) };
    known.set(air, kernels);
  }
  return kernels;
}

/** What expressions without cells may read. */
export interface Binding {
  readonly public: readonly Felt[];
  readonly auxValues: readonly QuadFelt[];
  readonly challenges: readonly [QuadFelt, QuadFelt];
}

/** The values of an AIR's uniform expressions. */
export function uniformValues(air: Air, kernels: AirKernels, binding: Binding): QuadFelt[] {
  return new Evaluator(air.graph, kernels.uniforms).evaluate({
    main: [[], []],
    aux: [[], []],
    preprocessed: [[], []],
    periodic: [],
    isFirst: 0n,
    isLast: 0n,
    isTransition: 0n,
    ...binding,
  });
}

/** The constants of an AIR's kernels as they are laid out. */
export function packConstants(
  kernels: AirKernels,
  uniforms: readonly QuadFelt[],
  weights: readonly QuadFelt[],
  periodic: readonly (readonly Felt[] | BigUint64Array)[],
): BigUint64Array {
  const words = new BigUint64Array(kernels.constants);
  uniforms.forEach((value, i) => {
    words.set(value, 2 * i);
  });
  weights.forEach((value, i) => {
    words.set(value, kernels.weightsAt + 2 * i);
  });
  periodic.forEach((values, i) => {
    words.set(values, kernels.periodicAt[i]);
  });
  return words;
}
