import type { MachineState, Operate } from '../state.ts';
import { failAssertion } from './fail.ts';
import { setWord } from './memory.ts';

export const noop: Operate = () => {};

export const assertOne: Operate = (s) => {
  const { lanes, top } = s.stack;
  if (lanes[top - 2] !== 1 || lanes[top - 1] !== 0) failAssertion(s);
  s.stack.drop();
};

export const sdepth: Operate = ({ stack, clk }) => stack.push(clk, stack.depth, 0);
export const clk: Operate = (s) => s.stack.push(s.clk, s.clk, 0);
export const caller: Operate = (s) => setWord(s, 0, s.fnHash, 0);
export const emit: Operate = (s: MachineState) => s.advice.event(s);
