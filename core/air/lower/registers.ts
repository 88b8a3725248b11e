import type { Op, Operand, Program } from './program.ts';

export interface Registers {
  /** Words needed at once. */
  readonly count: number;
  /** Registers of value v: words 2 v and 2 v + 1; -1 where a base value has no second word. */
  readonly words: Int32Array;
}

/** The operands an operation reads. */
export function operandsOf(op: Op): Operand[] {
  switch (op.op) {
    case 'dot':
      return op.terms.map(({ operand }) => operand);
    case 'close':
      return [];
    case 'neg':
    case 'accumulate':
    case 'output':
      return [op.a];
    default:
      return [op.a, op.b];
  }
}

/**
 * Gives every value registers from its definition to its last use, the lowest free ones first. A result never shares a
 * register with an operand of its own operation, so operations may write before they have read everything.
 */
export function allocateRegisters(program: Program): Registers {
  const lastUse = new Int32Array(program.values.length);
  program.ops.forEach((op, i) => {
    for (const operand of operandsOf(op)) if (operand.kind === 'value') lastUse[operand.index] = i;
  });
  const words = new Int32Array(2 * program.values.length).fill(-1);
  const free: number[] = [];
  let count = 0;
  program.ops.forEach((op, i) => {
    if ('to' in op) {
      for (let word = 0; word < program.values[op.to]; word++) {
        free.sort((x, y) => y - x);
        words[2 * op.to + word] = free.pop() ?? count++;
      }
    }
    const ended = new Set(
      operandsOf(op).flatMap((operand) =>
        operand.kind === 'value' && lastUse[operand.index] === i ? [operand.index] : [],
      ),
    );
    for (const value of ended) {
      for (let word = 0; word < program.values[value]; word++) free.push(words[2 * value + word]);
    }
  });
  return { count, words };
}
