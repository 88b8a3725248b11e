import { CHIPLETS, CORE } from './layout.ts';
import type { TraceMatrix, VmTraces } from './types.ts';

/** log2 of the heights of the traces that a run determines: core, chiplets, eidos. */
export type LogHeights = readonly [core: number, chiplets: number, eidos: number];

/** What traces have now. */
export const logHeightsOf = ({ core, chiplets, eidos }: VmTraces): LogHeights => [
  Math.log2(core.height),
  Math.log2(chiplets.height),
  Math.log2(eidos.height),
];

/**
 * The same traces at greater heights (2^logHeights; none may be less than what the trace has, or `RangeError`), with the
 * rows a builder of that height would have added: HALT rows, padding rows, blocks of the zero state. None of the first
 * two asks for bytes; a backend counts those of the blocks when it fills them. What has its height already is shared.
 */
export function padTraces(traces: VmTraces, logHeights: LogHeights): VmTraces {
  const [core, chiplets, eidos] = logHeights.map((log) => 2 ** log);
  if (eidos < traces.eidos.height) throw new RangeError('a trace cannot be cut');
  return {
    core: padded(traces.core, core, CORE.clk),
    chiplets: padded(traces.chiplets, chiplets, CHIPLETS.clk),
    eidos: { ...traces.eidos, height: eidos },
    byteCounts: traces.byteCounts,
  };
}

/** Repeats the last row, which is padding in every trace, but for the column that counts rows. */
function padded(trace: TraceMatrix, height: number, counter: number): TraceMatrix {
  if (height === trace.height) return trace;
  if (height < trace.height) throw new RangeError('a trace cannot be cut');
  const { width, data: old } = trace;
  const data = new BigUint64Array(width * height);
  for (let column = 0; column < width; column++) {
    const to = column * height;
    const [from, end] = [column * trace.height, (column + 1) * trace.height];
    data.set(old.subarray(from, end), to);
    const last = old[end - 1];
    // Untouched pages of a new trace cost nothing, so zeros are not written.
    if (last !== 0n && column !== counter) data.fill(last, to + trace.height, to + height);
  }
  const lanes = new Uint32Array(data.buffer);
  const first = Number(old[counter * trace.height]);
  for (let row = trace.height; row < height; row++) lanes[2 * (counter * height + row)] = first + row;
  return { ...trace, height, data };
}
