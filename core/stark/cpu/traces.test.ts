import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPool } from '../../../test/cpu-pool.ts';
import { midenAirs } from '../../air/miden.ts';
import { EIDOS_WIDTH } from '../../vm/trace/eidos-layout.ts';
import { fillEidosTrace } from '../../vm/trace/eidos-trace.ts';
import { BYTE_COUNTS_LENGTH, EIDOS_RECORD } from '../../vm/trace/types.ts';
import { loadTraces } from './traces.ts';

const [, , eidos, byteTable] = midenAirs();

/** Records of all kinds: random, all ones, zeros, AEAD output with a clock. */
function blocks(count: number, height: number) {
  const records = new Uint32Array(count * EIDOS_RECORD);
  for (let b = 0; b < count; b++) {
    for (let i = 0; i < 24; i++) {
      const lane = Math.imul(b * 31 + i + 1, 0x9e3779b9) >>> 0;
      const extreme = b % 3 === 0 && i % 4 === 1 ? 0xffff_ffff : lane;
      records[b * EIDOS_RECORD + i] = b % 5 === 4 ? 0 : i % 2 === 0 && extreme === 0xffff_ffff ? 0 : extreme;
    }
    if (b % 4 === 2) {
      records[b * EIDOS_RECORD + 24] = 1;
      records[b * EIDOS_RECORD + 26] = 77 + b;
    }
    records[b * EIDOS_RECORD + 25] = b;
  }
  return { records, count, height };
}

for (const threads of [1, 2]) {
  test(`Eidos cells and byte counts equal the reference, on ${threads} thread(s)`, async () => {
    const pool = await testPool(threads);
    for (const [count, height] of [
      [0, 64],
      [23, 1024],
      [32, 1024],
    ]) {
      const given = blocks(count, height);
      const counts = Uint32Array.from({ length: BYTE_COUNTS_LENGTH }, (_, i) => i % 7);
      const [cells, table] = await loadTraces(
        pool,
        [
          {
            air: eidos,
            logHeight: Math.log2(height),
            trace: { kind: 'eidos', blocks: given },
            publicValues: [],
          },
          { air: byteTable, logHeight: 16, trace: { kind: 'byte-table', counts }, publicValues: [] },
        ],
        {},
      );
      const expected = new BigUint64Array(EIDOS_WIDTH * height);
      const total = counts.slice();
      fillEidosTrace(given, expected, total);
      const actual = pool.words(cells.address, expected.length);
      const wrong = expected.findIndex((x, i) => x !== actual[i]);
      assert.equal(wrong, -1, `column ${Math.floor(wrong / height)}, row ${wrong % height}`);
      assert.deepEqual(pool.words(table.address, total.length).slice(), BigUint64Array.from(total, BigInt));
    }
  });
}
