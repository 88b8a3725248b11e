import { and8Air } from './and8/air.ts';
import { chipletsAir } from './chiplets/air.ts';
import { buildCoreAir } from './core/index.ts';
import { eidosAir } from './eidos/air.ts';
import type { Air } from './types.ts';

/** Position of each AIR in instance order. */
export const INSTANCE = { core: 0, chiplets: 1, eidos: 2, and8: 3 } as const;

let airs: readonly [Air, Air, Air, Air] | undefined;

/** The four AIRs of the VM in instance order: core, chiplets, eidos_compression, and8. Built once, then kept. */
export function midenAirs(): readonly [core: Air, chiplets: Air, eidos: Air, and8: Air] {
  airs ??= [buildCoreAir(), chipletsAir(), eidosAir(), and8Air()];
  return airs;
}
