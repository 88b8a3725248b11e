import { addQuadLanes, mulQuadLanes, subQuadLanes } from '../../field/lanes.ts';
import { ExecutionError } from '../errors.ts';
import type { Operate } from '../state.ts';
import { TraceTooLongError } from '../trace/errors.ts';
import { elementAt } from './fail.ts';
import { addressAt, readElement, readWord } from './memory.ts';

/**
 * EVALCIRCUIT: evaluates an arithmetic circuit over the extension that lies in memory, variables first, two to a word,
 * then one instruction per element: 30 bits left operand, 30 bits right operand, operation. Operands are named by
 * wire, the last evaluation being wire 0. The result must be zero.
 */

const MAX_WIRES = 2 ** 15;
/** Circuits of one run that traces hold. */
const MAX_CIRCUITS = 32;
const LOW_30 = 0x3fff_ffff;
const OPERATIONS = [subQuadLanes, mulQuadLanes, addQuadLanes];

function fail(message: string): never {
  throw new ExecutionError('circuit', message);
}

export const evalCircuit: Operate = (s) => {
  const numRead = elementAt(s, 1);
  const numEval = elementAt(s, 2);
  if (numRead + numEval > BigInt(MAX_WIRES)) fail(`A circuit may have ${MAX_WIRES} wires.`);
  if (numRead === 0n || numRead % 2n !== 0n)
    fail(`A circuit has an even number of variables, not ${numRead}.`);
  if (numEval === 0n || numEval % 4n !== 0n) {
    fail(`A circuit's evaluations come in fours; there are ${numEval}.`);
  }
  const reads = Number(numRead);
  const evals = Number(numEval);
  const pointer = addressAt(s, 0);
  if (pointer + 2 * reads + evals > 2 ** 32) {
    throw new ExecutionError('address-out-of-range', 'A circuit must lie below address 2^32.');
  }

  const wires = new Uint32Array(4 * (reads + evals));
  for (let i = 0; i < reads; i += 2) {
    const at = readWord(s, pointer + 2 * i);
    for (let k = 0; k < 8; k++) wires[4 * i + k] = s.memory.lanes[at + k];
  }
  const instructions = new Uint32Array(2 * evals);
  const last = reads + evals - 1;
  for (let i = 0; i < evals; i++) {
    const at = readElement(s, pointer + 2 * reads + i);
    const lo = (instructions[2 * i] = s.memory.lanes[at]);
    const hi = (instructions[2 * i + 1] = s.memory.lanes[at + 1]);
    const left = last - (lo & LOW_30);
    const right = last - ((lo >>> 30) | ((hi << 2) & LOW_30));
    const operation = OPERATIONS[hi >>> 28];
    const wire = reads + i;
    if (operation === undefined) fail(`Instruction ${i} has no known operation.`);
    if (left < 0 || left >= wire || right < 0 || right >= wire) {
      fail(`Instruction ${i} uses a wire that has no value yet.`);
    }
    operation(wires, 4 * wire, wires, 4 * left, wires, 4 * right);
  }
  for (let k = 0; k < 4; k++) {
    if (wires[4 * last + k] !== 0) fail('The circuit does not evaluate to zero.');
  }
  if (s.recorder === null) return;
  if (++s.circuits > MAX_CIRCUITS) {
    throw new TraceTooLongError('circuits', MAX_CIRCUITS);
  }
  const variables = wires.subarray(0, 4 * reads);
  s.recorder.circuit(s.ctx, s.clk, pointer, reads, evals, variables, instructions, wires.subarray(4 * reads));
};
