import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Felt } from '../core/field/felt.ts';
import type { Word } from '../core/hash/word.ts';
import { buildTraces, type Execution } from '../core/vm/execute.ts';
import { expandTraces } from '../core/vm/trace/expand.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';

export interface TraceSize {
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
function columnHashes({ width, height, data }: TraceMatrix): string[] {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: width }, (_, c) =>
    bytesToHex(blake3(bytes.subarray(8 * c * height, 8 * (c + 1) * height))),
  );
}

/** Fills all four traces of a run and hashes them. */
export function fingerprint(execution: Execution): Fingerprint {
  const { program, stack, cycles } = execution;
  const { core, chiplets, eidos, byteTable } = expandTraces(buildTraces(execution));
  const named = { core, chiplets, eidos_compression: eidos, and8: byteTable };
  const perTrace = <T>(f: (trace: TraceMatrix) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(named).map(([name, trace]) => [name, f(trace)]));
  return {
    digest: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    stack,
    cycles,
    heights: {
      ...perTrace(({ rows, height }) => ({ rows, height })),
      padded: Math.max(...Object.values(named).map(({ height }) => height)),
    },
    columns: perTrace(columnHashes),
  };
}
