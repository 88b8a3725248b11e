import { AND8_HEIGHT, AND8_PREPROCESSED, AND8_PREPROCESSED_WIDTH } from '../../vm/trace/layout.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';

const rotateRight = (word: number, bits: number): number => ((word >>> bits) | (word << (32 - bits))) >>> 0;

let table: TraceMatrix | undefined;

/** The fixed columns of the byte-pair table; always the same object, so that its commitment can be kept. */
export function and8Preprocessed(): TraceMatrix {
  table ??= build();
  return table;
}

function build(): TraceMatrix {
  const data = new BigUint64Array(AND8_PREPROCESSED_WIDTH * AND8_HEIGHT);
  const words = new Uint32Array(data.buffer);
  for (let row = 0; row < AND8_HEIGHT; row++) {
    const [a, b] = [row >> 8, row & 255];
    const set = (column: number, value: number): void => {
      words[2 * (column * AND8_HEIGHT + row)] = value;
    };
    set(AND8_PREPROCESSED.a, a);
    set(AND8_PREPROCESSED.b, b);
    set(AND8_PREPROCESSED.xor, a ^ b);
    set(AND8_PREPROCESSED.wrap12, rotateRight((a ^ b) << 8, 12));
    set(AND8_PREPROCESSED.wrap7, rotateRight(a ^ b, 7));
  }
  return { width: AND8_PREPROCESSED_WIDTH, height: AND8_HEIGHT, rows: AND8_HEIGHT, data };
}
