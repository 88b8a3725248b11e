import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Felt } from '../core/field/felt.ts';
import type { Word } from '../core/hash/word.ts';
import { runAtOnce, type Steps } from '../core/pace.ts';
import { buildingTraces, type Execution } from '../core/vm/execute.ts';
import { expandTraces } from '../core/vm/trace/expand.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';

interface TraceSize {
  readonly rows: number;
  readonly height: number;
}

/** A run told by its outputs and a hash of every trace column: the `result` of an entry of test/vectors/masm.json. */
export interface Fingerprint {
  readonly digest: Word;
  readonly kernel: readonly Word[];
  readonly stack: readonly Felt[];
  readonly cycles: number;
  readonly heights: Readonly<Record<string, TraceSize | number>>;
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/** BLAKE3 of each column's little-endian canonical values. */
function* columnHashes({ width, height, data }: TraceMatrix): Steps<string[]> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const hashes: string[] = [];
  for (let c = 0; c < width; c++) {
    hashes.push(bytesToHex(blake3(bytes.subarray(8 * c * height, 8 * (c + 1) * height))));
    yield c;
  }
  return hashes;
}

/** Fills all four traces of a run and hashes them. */
export const fingerprint = (execution: Execution): Fingerprint => runAtOnce(fingerprinting(execution));

/** As {@link fingerprint}, in steps. */
export function* fingerprinting(execution: Execution): Steps<Fingerprint> {
  const { program, stack, cycles } = execution;
  const { core, chiplets, eidos, byteTable } = expandTraces(yield* buildingTraces(execution));
  const named = { core, chiplets, eidos_compression: eidos, and8: byteTable };
  const columns: Record<string, readonly string[]> = {};
  for (const [name, trace] of Object.entries(named)) {
    columns[name] = yield* columnHashes(trace);
  }
  return {
    digest: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    stack,
    cycles,
    heights: {
      ...Object.fromEntries(
        Object.entries(named).map(([name, { rows, height }]) => [name, { rows, height }]),
      ),
      padded: Math.max(...Object.values(named).map(({ height }) => height)),
    },
    columns,
  };
}
