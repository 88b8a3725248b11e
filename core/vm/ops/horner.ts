import { addLanes, addQuadLanes, mulQuadLanes } from '../../field/lanes.ts';
import { ExecutionError } from '../errors.ts';
import type { MachineState, Operate } from '../state.ts';
import { addressAt, getElements, readWord } from './memory.ts';

/**
 * Steps of polynomial evaluation in the extension by Horner's rule. Coefficients s0..7, highest degree first; the
 * word at address s13 holds the point in its first two elements; the accumulator is s14, s15.
 */

const POINT_ADDRESS = 13;
const ACCUMULATOR = 14;

/** Coefficients 16, point 4, accumulator 4, first intermediate 4. */
const work = new Uint32Array(28);
const POINT = 16;
const ACC = 20;
const SAVED = 24;

function load(s: MachineState): void {
  const address = addressAt(s, POINT_ADDRESS);
  const at = readWord(s, address);
  const { lanes } = s.memory;
  for (let i = 0; i < 4; i++) work[POINT + i] = lanes[at + i];
  if ((lanes[at + 4] | lanes[at + 5] | lanes[at + 6] | lanes[at + 7]) !== 0) {
    throw new ExecutionError('horner-point', 'The evaluation point must be stored as [c0, c1, 0, 0].', {
      details: `The word at address ${address} of context ${s.ctx} is not.`,
    });
  }
  getElements(s, 0, 8, work, 0);
  getElements(s, ACCUMULATOR, 2, work, ACC);
}

function storeAccumulator(s: MachineState): void {
  const { lanes, top } = s.stack;
  for (let i = 0; i < 2; i++) {
    const at = top - 2 - 2 * (ACCUMULATOR + i);
    lanes[at] = work[ACC + 2 * i];
    lanes[at + 1] = work[ACC + 2 * i + 1];
  }
}

/** Accumulator times point plus base-field coefficients `from` .. `to - 1`. */
function stepBase(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    mulQuadLanes(work, ACC, work, ACC, work, POINT);
    addLanes(work, ACC, work, ACC, work, 2 * i);
  }
}

/** Eight coefficients of the base field. Helpers: point, value after five coefficients, value after two. */
export const hornerBase: Operate = (s) => {
  load(s);
  stepBase(0, 2);
  for (let i = 0; i < 4; i++) work[SAVED + i] = work[ACC + i];
  stepBase(2, 5);
  for (let i = 0; i < 4; i++) {
    s.helpers[i] = work[POINT + i];
    s.helpers[4 + i] = work[ACC + i];
    s.helpers[8 + i] = work[SAVED + i];
  }
  s.helped = true;
  stepBase(5, 8);
  storeAccumulator(s);
};

function stepExt(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    mulQuadLanes(work, ACC, work, ACC, work, POINT);
    addQuadLanes(work, ACC, work, ACC, work, 4 * i);
  }
}

/** Four coefficients of the extension. Helpers: point, nothing, value after two coefficients. */
export const hornerExt: Operate = (s) => {
  load(s);
  stepExt(0, 2);
  for (let i = 0; i < 4; i++) {
    s.helpers[i] = work[POINT + i];
    s.helpers[4 + i] = 0;
    s.helpers[8 + i] = work[ACC + i];
  }
  s.helped = true;
  stepExt(2, 4);
  storeAccumulator(s);
};
