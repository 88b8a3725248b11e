import { addSmall } from '../../field/lanes.ts';
import { ExecutionError } from '../errors.ts';
import type { MachineState, Operate } from '../state.ts';
import { Access } from '../trace/recorder.ts';
import { elementAt } from './fail.ts';

/** Memory and advice operations. An address is a field element below 2^32; that of a word is a multiple of four. */

/** Position of the address of MSTREAM and PIPE on the stack. */
const STREAM_ADDRESS = 12;

/** The address at position `i`. Throws `address-out-of-range`. */
export function addressAt(s: MachineState, i: number): number {
  const at = s.stack.top - 2 - 2 * i;
  if (s.stack.lanes[at + 1] !== 0) {
    throw new ExecutionError('address-out-of-range', 'A memory address must be below 2^32.', {
      details: `It was ${elementAt(s, i)}.`,
    });
  }
  return s.stack.lanes[at];
}

function requireAligned(s: MachineState, address: number): void {
  if ((address & 3) !== 0) {
    throw new ExecutionError('address-unaligned', 'The address of a word must be a multiple of four.', {
      details: `It was ${address}, in context ${s.ctx}.`,
    });
  }
}

/** Throws if the words at `address` and up to `words - 1` words on do not all lie in memory. */
function requireRange(address: number, words: number): void {
  if (address + 4 * words > 2 ** 32) {
    throw new ExecutionError('address-out-of-range', 'A memory address must be below 2^32.', {
      details: `${words} words from ${address} on do not fit.`,
    });
  }
}

/** Reads the word at `address`; returns where its eight lanes start in `memory.lanes`. */
export function readWord(s: MachineState, address: number): number {
  requireAligned(s, address);
  const at = s.memory.find(s.ctx, address);
  s.recorder?.memory(Access.READ_WORD, s.ctx, address, s.clk, s.memory.lanes, at);
  return at;
}

/** Writes the word `from[at..+8]` to `address`. */
export function writeWord(s: MachineState, address: number, from: Uint32Array, at: number): void {
  requireAligned(s, address);
  const slot = s.memory.slot(s.ctx, address);
  const { lanes } = s.memory;
  for (let i = 0; i < 8; i++) lanes[slot + i] = from[at + i];
  s.recorder?.memory(Access.WRITE_WORD, s.ctx, address, s.clk, lanes, slot);
}

/** Reads one element; returns where its two lanes start in `memory.lanes`. */
export function readElement(s: MachineState, address: number): number {
  const at = s.memory.find(s.ctx, address);
  s.recorder?.memory(Access.READ_ELEMENT, s.ctx, address, s.clk, s.memory.lanes, at);
  return at + 2 * (address & 3);
}

export function writeElement(s: MachineState, ctx: number, address: number, lo: number, hi: number): void {
  const slot = s.memory.slot(ctx, address);
  const at = slot + 2 * (address & 3);
  s.memory.lanes[at] = lo;
  s.memory.lanes[at + 1] = hi;
  s.recorder?.memory(Access.WRITE_ELEMENT, ctx, address, s.clk, s.memory.lanes, slot);
}

/** Copies four elements, in order, to positions `to` .. `to + 3` of the stack. */
export function setWord(s: MachineState, to: number, from: Uint32Array, at: number): void {
  const { lanes, top } = s.stack;
  for (let i = 0; i < 4; i++) {
    const place = top - 2 - 2 * (to + i);
    lanes[place] = from[at + 2 * i];
    lanes[place + 1] = from[at + 2 * i + 1];
  }
}

/** Copies `count` elements from position `from` of the stack on. */
export function getElements(
  s: MachineState,
  from: number,
  count: number,
  out: Uint32Array,
  at: number,
): void {
  const { lanes, top } = s.stack;
  for (let i = 0; i < count; i++) {
    const place = top - 2 - 2 * (from + i);
    out[at + 2 * i] = lanes[place];
    out[at + 2 * i + 1] = lanes[place + 1];
  }
}

export const mload: Operate = (s) => {
  const at = readElement(s, addressAt(s, 0));
  const { lanes, top } = s.stack;
  lanes[top - 2] = s.memory.lanes[at];
  lanes[top - 1] = s.memory.lanes[at + 1];
};

export const mstore: Operate = (s) => {
  const { lanes, top } = s.stack;
  writeElement(s, s.ctx, addressAt(s, 0), lanes[top - 4], lanes[top - 3]);
  s.stack.drop();
};

export const mloadw: Operate = (s) => {
  const at = readWord(s, addressAt(s, 0));
  s.stack.drop();
  setWord(s, 0, s.memory.lanes, at);
};

const words = new Uint32Array(16);

export const mstorew: Operate = (s) => {
  getElements(s, 1, 4, words, 0);
  writeWord(s, addressAt(s, 0), words, 0);
  s.stack.drop();
};

/** The top eight elements become the two words at the address, which moves on by eight. */
export const mstream: Operate = (s) => {
  const address = addressAt(s, STREAM_ADDRESS);
  requireRange(address, 2);
  setWord(s, 0, s.memory.lanes, readWord(s, address));
  setWord(s, 4, s.memory.lanes, readWord(s, address + 4));
  advance(s, STREAM_ADDRESS, 8);
};

/** Adds to the element at position `i`. */
export function advance(s: MachineState, i: number, by: number): void {
  const at = s.stack.top - 2 - 2 * i;
  addSmall(s.stack.lanes, at, s.stack.lanes, at, by);
}

export const advpop: Operate = (s) => {
  s.advice.pop(1, words, 0);
  s.stack.push(s.clk, words[0], words[1]);
};

export const advpopw: Operate = (s) => {
  s.advice.pop(4, words, 0);
  setWord(s, 0, words, 0);
};

/** Two words of advice go to memory and to the top of the stack; the address moves on by eight. */
export const pipe: Operate = (s) => {
  const address = addressAt(s, STREAM_ADDRESS);
  requireRange(address, 2);
  s.advice.pop(8, words, 0);
  writeWord(s, address, words, 0);
  writeWord(s, address + 4, words, 8);
  setWord(s, 0, words, 0);
  setWord(s, 4, words, 8);
  advance(s, STREAM_ADDRESS, 8);
};
