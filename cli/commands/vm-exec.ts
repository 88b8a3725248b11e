import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { buildTraces } from '../../core/vm/execute.ts';
import { expandTraces } from '../../core/vm/trace/expand.ts';
import type { TraceMatrix } from '../../core/vm/trace/types.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { PROGRAM_OPTIONS, runProgram } from '../program.ts';
import { staged } from '../staged.ts';

/** BLAKE3 of each column's little-endian canonical values. */
function columnHashes({ width, height, data }: TraceMatrix): string[] {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: width }, (_, c) =>
    bytesToHex(blake3(bytes.subarray(8 * c * height, 8 * (c + 1) * height))),
  );
}

export const vmExec: Command = {
  summary: 'Runs a program and fingerprints its traces, in the form of test/vectors/masm.json.',
  usage: 'FILE.masm [options] --json',
  options: PROGRAM_OPTIONS,
  async run(options, output) {
    const { program, execution } = runProgram(options);
    const traces = staged('execute', () => expandTraces(buildTraces(execution)));
    const named = {
      core: traces.core,
      chiplets: traces.chiplets,
      eidos_compression: traces.eidos,
      and8: traces.byteTable,
    };
    const perTrace = <T>(f: (trace: TraceMatrix) => T): Record<string, T> =>
      Object.fromEntries(Object.entries(named).map(([name, trace]) => [name, f(trace)]));
    const result = {
      digest: program.forest.nodes[program.entry].digest,
      kernel: program.kernel,
      stack: execution.stack,
      cycles: execution.cycles,
      heights: {
        ...perTrace(({ rows, height }) => ({ rows, height })),
        padded: Math.max(...Object.values(named).map(({ height }) => height)),
      },
      columns: perTrace(columnHashes),
    };
    for (const [name, { rows, height }] of Object.entries(perTrace((t) => t)))
      output.line(`${name}: ${rows} rows of ${height}`);
    output.result(result);
    return EXIT.done;
  },
};
