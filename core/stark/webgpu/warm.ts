import { RANDOM_KERNELS } from '../../../shaders/chacha.ts';
import { EIDOS_TRACE, WIDEN } from '../../../shaders/eidos-trace.ts';
import { HASH_KERNELS } from '../../../shaders/hash.ts';
import type { Kernel } from '../../../shaders/kernel.ts';
import { DIVIDE, FILL, ROW_SUMS, RUNNING, SCAN_BLOCKS, SCAN_TOTALS } from '../../../shaders/lookup.ts';
import { ADD_MULTIPLE, LENGTH } from '../../../shaders/mask.ts';
import {
  NTT_FORWARD,
  NTT_FORWARD_IN_PLACE,
  NTT_FORWARD_TAIL,
  NTT_INVERSE,
  NTT_INVERSE_IN_PLACE,
  SCALE,
  TWIDDLES,
} from '../../../shaders/ntt.ts';
import { COMBINE, DEEP, EVALUATE, FOLD, GATHER } from '../../../shaders/open.ts';
import { ACCUMULATE, SELECTORS } from '../../../shaders/quotient.ts';
import type { SessionOptions } from '../backend.ts';
import { kernelsOf } from './constants.ts';

/** Every kernel a session may use, in the order of first use. */
export function kernelsFor({ instances, profile }: SessionOptions): Kernel[] {
  const { leaf, nodes, top, grind } = HASH_KERNELS[profile.hash];
  const own = instances.map(({ air }) => kernelsOf(air));
  const filled = instances.some(({ trace }) => trace.kind !== 'matrix') ? [EIDOS_TRACE, WIDEN] : [];
  const hiding =
    profile.hidingVersion > 0
      ? [
          ...[RANDOM_KERNELS.elements, ADD_MULTIPLE, NTT_FORWARD_TAIL, RANDOM_KERNELS.salts[profile.hash]],
          ...[FILL, LENGTH],
        ]
      : [];
  return [
    ...[TWIDDLES, ...filled, NTT_INVERSE, NTT_INVERSE_IN_PLACE, NTT_FORWARD, NTT_FORWARD_IN_PLACE],
    ...[leaf, nodes, top, ...hiding],
    ...own.flatMap(({ lookups }) => lookups.parts.map(({ kernel }) => kernel)),
    ...[DIVIDE, ROW_SUMS, SCAN_TOTALS, SCAN_BLOCKS, RUNNING, SELECTORS],
    ...own.flatMap(({ constraints }) => constraints.parts.map(({ kernel }) => kernel)),
    ...[ACCUMULATE, SCALE, EVALUATE, COMBINE, DEEP, FOLD, grind, GATHER],
  ];
}
