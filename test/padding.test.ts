import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimOf } from '../cli/proving.ts';
import { and8Preprocessed } from '../core/air/and8/table.ts';
import { buildAuxTrace } from '../core/air/aux-trace.ts';
import { lookupBalance } from '../core/air/balance.ts';
import { midenAirs } from '../core/air/miden.ts';
import { RowEvaluator } from '../core/air/row-evaluator.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import * as Q from '../core/field/quad.ts';
import { midenPublicValues } from '../core/stark/miden/relation.ts';
import { buildTraces, type Execution } from '../core/vm/execute.ts';
import { expandTraces } from '../core/vm/trace/expand.ts';
import { type LogHeights, logHeightsOf, padTraces } from '../core/vm/trace/padding.ts';
import type { VmTraces } from '../core/vm/trace/types.ts';
import { masm } from './masm-vectors.ts';
import { run } from './traces.ts';

const CHALLENGES: readonly [QuadFelt, QuadFelt] = [
  [1_234_567_890_123n, 987_654_321n],
  [55_555_555_555n, 4_242_424_242n],
];

const execution = (name: string): Execution => run(masm.programs.find((each) => each.name === name)!);

/** Names of the constraints, of all AIRs, that some row breaks, and whether all lookups together balance. */
function check(execution: Execution, traces: VmTraces): { broken: string[]; balanced: boolean } {
  const { core, chiplets, eidos, byteTable } = expandTraces(traces);
  const mains = [core, chiplets, eidos, byteTable];
  const publicValues = midenPublicValues(claimOf(execution));
  const broken = new Set<string>();
  const sigmas = midenAirs().map((air, i) => {
    const source = {
      main: mains[i],
      publicValues: publicValues[i],
      ...(air.preprocessedWidth > 0 && { preprocessed: and8Preprocessed() }),
      challenges: CHALLENGES,
    };
    const { matrix, sigma } = buildAuxTrace(air, source);
    const roots = air.constraints.map(({ expr }) => expr);
    const evaluator = new RowEvaluator(air, roots, { ...source, aux: matrix, sigma });
    for (let row = 0; row < matrix.height; row++) {
      evaluator.seek(row);
      for (const [k, { name }] of air.constraints.entries())
        if (!Q.isZero(evaluator.value(k))) broken.add(`${air.name}: ${name}`);
    }
    return sigma;
  });
  const { program, deferredRoot } = execution;
  const statement = {
    programHash: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    deferredRoot,
  };
  const balance = lookupBalance(
    statement,
    CHALLENGES,
    mains.map(({ height }) => Math.log2(height)),
    sigmas,
  );
  return { broken: [...broken], balanced: Q.isZero(balance) };
}

const GOOD = { broken: [], balanced: true };

// Rows that fill their trace to the last one, kernels, key streams, circuits, a deep stack.
for (const [name, ...more] of [
  ['clk_sdepth', 1, 0, 0],
  ['stack_moves', 0, 1, 1],
  ['kernel_two', 1, 2, 0],
  ['stream_cipher', 0, 3, 2],
  ['arithmetic_circuit', 2, 1, 3],
  ['call_deep_overflow', 5, 4, 1],
  // The smallest class of the private profile.
  ['fib_loop', 3, 6, 7],
] as const) {
  test(`${name}, padded to ${more.join(', ')} powers of two more, keeps all constraints on every row`, () => {
    const ran = execution(name);
    const traces = buildTraces(ran);
    const heights = logHeightsOf(traces).map((log, i) => log + more[i]) as unknown as LogHeights;
    const taller = padTraces(traces, heights);
    assert.deepEqual(logHeightsOf(taller), heights);
    assert.deepEqual(taller.core.rows, traces.core.rows);
    assert.deepEqual(check(ran, taller), GOOD);
  });
}

test('the check above sees a padding row that is none, and bytes that nobody counted', () => {
  const ran = execution('kernel_two');
  const traces = buildTraces(ran);
  const [core, chiplets, eidos] = logHeightsOf(traces);
  const wrong = padTraces(traces, [core + 1, chiplets, eidos]);
  wrong.core.data[wrong.core.height - 1] += 1n;
  assert.notDeepEqual(check(ran, wrong).broken, []);
  const uncounted = padTraces(traces, [core, chiplets + 1, eidos]);
  uncounted.byteCounts[0] += 1;
  assert.deepEqual(check(ran, uncounted), { broken: [], balanced: false });
});

test('a trace that has its height is shared, and none is cut', () => {
  const traces = buildTraces(execution('stack_moves'));
  const [core, chiplets, eidos] = logHeightsOf(traces);
  const padded = padTraces(traces, [core + 1, chiplets, eidos]);
  assert.equal(padded.chiplets, traces.chiplets);
  for (const heights of [
    [core - 1, chiplets, eidos],
    [core, chiplets - 1, eidos],
    [core, chiplets, eidos - 1],
  ] as const)
    assert.throws(() => padTraces(traces, heights), RangeError);
});
