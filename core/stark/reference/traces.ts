import { KilnError } from '../../errors.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';

/** The main columns of every instance, in instance order. */
export function mainTraces(instances: readonly Instance[]): TraceMatrix[] {
  return instances.map(({ air, trace }) => {
    if (trace.kind !== 'matrix') throw new KilnError('unsupported-trace', `${air.name} needs a filler.`);
    return trace.matrix;
  });
}
