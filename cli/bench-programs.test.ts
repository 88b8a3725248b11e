import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../core/assembly/assemble.ts';
import { execute } from '../core/vm/execute.ts';
import { BENCH_PROGRAMS } from './bench-programs.ts';

/** Cycles of one round of the longest loop. */
const ROUND = 93;

for (const [name, program] of Object.entries(BENCH_PROGRAMS)) {
  test(`${name} fills the Core trace it was asked for`, () => {
    for (const log of [program.minLog, program.minLog + 1, 10, 14]) {
      const { cycles } = execute(assemble({ program: { name, text: program.source(log) } }));
      const rows = cycles + 1;
      assert.ok(rows <= 2 ** log && rows > 2 ** log - ROUND, `2^${log}: ${rows} rows`);
    }
  });
}
