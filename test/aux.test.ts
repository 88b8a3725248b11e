import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { and8Preprocessed } from '../core/air/and8/table.ts';
import { buildAuxTrace } from '../core/air/aux-trace.ts';
import { lookupBalance } from '../core/air/balance.ts';
import { midenAirs } from '../core/air/miden.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import type { Word } from '../core/hash/word.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import { masm, type ProgramCase, readVector, skipReason, type TraceName } from './masm-vectors.ts';
import { allTraces, run } from './traces.ts';

type Pair = readonly [string, string];
interface AuxCase {
  readonly program: string;
  readonly challenges: readonly [Pair, Pair];
  readonly airs: readonly {
    readonly air: TraceName;
    readonly height: number;
    readonly columns: readonly string[];
    readonly firstRow: readonly Pair[];
    readonly lastRow: readonly Pair[];
    readonly finals: readonly Pair[];
  }[];
  readonly closure: readonly Pair[];
}

const quad = ([c0, c1]: Pair): QuadFelt => [BigInt(c0), BigInt(c1)];
const word = (elements: readonly string[]): Word => {
  const [a, b, c, d] = elements.map(BigInt);
  return [a, b, c, d];
};

/** The vectors hash an extension column as its rows' pairs. */
function columnHash({ data, height }: TraceMatrix, column: number): string {
  const pairs = new BigUint64Array(2 * height);
  for (let row = 0; row < height; row++) {
    for (const part of [0, 1]) pairs[2 * row + part] = data[(2 * column + part) * height + row];
  }
  return Buffer.from(blake3(new Uint8Array(pairs.buffer))).toString('hex');
}

for (const vector of (JSON.parse(readVector('aux.json')) as { programs: AuxCase[] }).programs) {
  const program = masm.programs.find(({ name }) => name === vector.program) as ProgramCase;
  test(`${vector.program}: auxiliary columns, finals and closure`, { skip: skipReason(program) }, () => {
    const challenges = [quad(vector.challenges[0]), quad(vector.challenges[1])] as const;
    const execution = run(program);
    const traces = allTraces(execution);
    const sigmas = midenAirs().map((air, i) => {
      const expected = vector.airs[i];
      const main = traces[expected.air];
      const { matrix, sigma } = buildAuxTrace(air, { main, preprocessed: and8Preprocessed(), challenges });
      assert.equal(matrix.height, expected.height);
      const cells = (row: number): Pair[] =>
        air.lookups.map((_, c) => [
          String(matrix.data[2 * c * matrix.height + row]),
          String(matrix.data[(2 * c + 1) * matrix.height + row]),
        ]);
      assert.deepEqual(cells(0), expected.firstRow, air.name);
      assert.deepEqual(cells(matrix.height - 1), expected.lastRow, air.name);
      assert.deepEqual(
        air.lookups.map((_, c) => columnHash(matrix, c)),
        expected.columns,
        air.name,
      );
      assert.deepEqual([sigma.map(String)], expected.finals, air.name);
      return sigma;
    });
    const statement = {
      programHash: word(program.result.digest),
      kernel: program.result.kernel.map(word),
      deferredRoot: execution.deferredRoot,
    };
    const logHeights = vector.airs.map(({ height }) => Math.log2(height));
    const balance = lookupBalance(statement, challenges, logHeights, sigmas);
    assert.deepEqual(balance, quad(vector.closure[0]));
  });
}
