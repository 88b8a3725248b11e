import { AND8_HEIGHT, AND8_PREPROCESSED, AND8_PREPROCESSED_WIDTH, AND8_WIDTH } from './layout.ts';
import type { ByteCounts, TraceMatrix } from './types.ts';

/**
 * The byte-pair table: row 256 a + b serves the pair (a, b), six relations of its XOR, and the 16-bit value itself
 * (miden-air 1.0.0-rc.0, src/constraints/and8_lookup).
 */

const rotateRight = (x: number, bits: number): number => ((x >>> bits) | (x << (32 - bits))) >>> 0;

/** The five columns both sides know beforehand, column after column, as in {@link TraceMatrix}. */
export function byteTablePreprocessed(): TraceMatrix {
  const data = new BigUint64Array(AND8_PREPROCESSED_WIDTH * AND8_HEIGHT);
  const lanes = new Uint32Array(data.buffer);
  const put = (column: number, row: number, value: number): void => {
    lanes[2 * (column * AND8_HEIGHT + row)] = value;
  };
  for (let row = 0; row < AND8_HEIGHT; row++) {
    const a = row >> 8;
    const b = row & 255;
    const xor = a ^ b;
    put(AND8_PREPROCESSED.a, row, a);
    put(AND8_PREPROCESSED.b, row, b);
    put(AND8_PREPROCESSED.xor, row, xor);
    put(AND8_PREPROCESSED.wrap12, row, rotateRight(xor << 8, 12));
    put(AND8_PREPROCESSED.wrap7, row, rotateRight(xor, 7));
  }
  return { width: AND8_PREPROCESSED_WIDTH, height: AND8_HEIGHT, rows: AND8_HEIGHT, data };
}

/** The multiplicity columns, from the requests of all traces. */
export function byteTableTrace(counts: ByteCounts): TraceMatrix {
  const data = new BigUint64Array(AND8_WIDTH * AND8_HEIGHT);
  const lanes = new Uint32Array(data.buffer);
  for (let i = 0; i < counts.length; i++) lanes[2 * i] = counts[i];
  return { width: AND8_WIDTH, height: AND8_HEIGHT, rows: AND8_HEIGHT, data };
}
