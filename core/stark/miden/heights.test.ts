import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogHeights, logHeightsOf } from '../../vm/trace/padding.ts';
import { BYTE_COUNTS_LENGTH, type VmTraces } from '../../vm/trace/types.ts';
import { HEIGHT_CLASSES, midenProfile, privateProfile } from '../profile.ts';
import { fitHeights, fitTraces } from './heights.ts';

const hiding = privateProfile('eidos');
const open = midenProfile('eidos');

/** Traces that have heights and nothing else. */
function tracesOf([core, chiplets, eidos]: LogHeights): VmTraces {
  const data = new BigUint64Array(0);
  const matrix = (log: number) => ({ width: 0, height: 2 ** log, rows: 2 ** log - 1, data });
  return {
    core: matrix(core),
    chiplets: matrix(chiplets),
    eidos: { records: new Uint32Array(0), count: 2 ** (eidos - 5), height: 2 ** eidos },
    byteCounts: new Uint32Array(BYTE_COUNTS_LENGTH),
  };
}

test('the smallest class that holds the run is taken; without classes, what the traces have', () => {
  for (const [own, fit] of [
    [
      [6, 6, 6],
      [13, 13, 15],
    ],
    [
      [13, 13, 15],
      [13, 13, 15],
    ],
    [
      [14, 6, 6],
      [14, 14, 16],
    ],
    [
      [6, 14, 6],
      [14, 14, 16],
    ],
    [
      [6, 6, 16],
      [14, 14, 16],
    ],
    [
      [15, 6, 6],
      [16, 16, 17],
    ],
    [
      [6, 6, 18],
      [18, 18, 19],
    ],
    [
      [19, 19, 20],
      [19, 19, 20],
    ],
  ] as const) {
    assert.deepEqual(fitHeights(tracesOf(own), hiding), fit);
    assert.deepEqual(fitHeights(tracesOf(own), open), own);
  }
});

test('the classes of the profile are ascending, so that the first that fits is the smallest', () => {
  for (const [i, each] of HEIGHT_CLASSES.entries()) {
    assert.equal(each.length, 4);
    if (i > 0) assert.ok(each.every((log, k) => log >= HEIGHT_CLASSES[i - 1][k]));
  }
});

test('a run that no class holds is refused, with what it needs and what there is', () => {
  for (const own of [
    [20, 6, 6],
    [6, 20, 6],
    [6, 6, 21],
  ] as const) {
    assert.throws(() => fitHeights(tracesOf(own), hiding), {
      kind: 'trace-too-long',
      details: new RegExp(`${2 ** own[0] - 1} core, .* the classes end at 19,19,20`),
    });
    assert.deepEqual(fitHeights(tracesOf(own), open), own);
  }
});

test('heights that the caller asks for are taken if they hold the run and are listed', () => {
  const traces = tracesOf([7, 6, 8]);
  assert.deepEqual(fitHeights(traces, hiding, [16, 16, 17]), [16, 16, 17]);
  assert.deepEqual(fitHeights(traces, open, [7, 6, 9]), [7, 6, 9]);
  const refused = (asked: LogHeights, profile: typeof open, kind: string, own = traces) =>
    assert.throws(() => fitHeights(own, profile, asked), { kind });
  refused([16, 16, 16], hiding, 'unlisted-heights');
  refused([13, 13, 16], hiding, 'unlisted-heights');
  refused([6, 6, 8], open, 'heights-too-small');
  refused([7, 5, 8], open, 'heights-too-small');
  refused([7, 6, 7], open, 'heights-too-small');
  refused([13, 13, 15], hiding, 'heights-too-small', tracesOf([14, 6, 6]));
});

test('traces are padded to the heights that fit', () => {
  const traces = tracesOf([7, 6, 8]);
  assert.deepEqual(logHeightsOf(fitTraces(traces, hiding)), [13, 13, 15]);
  assert.deepEqual(logHeightsOf(fitTraces(traces, open, [8, 7, 9])), [8, 7, 9]);
  assert.equal(fitTraces(traces, open).core, traces.core);
});
