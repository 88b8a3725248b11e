import { Op, REGISTER_BYTES } from './program.ts';

/** One operation before registers are assigned: values are numbered in order of definition. */
export interface Instruction {
  readonly op: number;
  readonly defs: readonly number[];
  /** Values read; of a fold, the accumulator's slot first. */
  readonly uses: readonly number[];
  /** Constant offset, shift, cell, output or slot. */
  readonly data: number;
}

const isFold = (op: number): boolean => op === Op.Fold || op === Op.FoldFirst;
const operands = ({ op, uses }: Instruction): readonly number[] => (isFold(op) ? uses.slice(1) : uses);

/**
 * Gives every value a register from its definition to its last use, and writes the code. Operations read a row of all
 * operands before they write it, so a dying operand's register may be the destination.
 */
export function assignRegisters(
  instructions: readonly Instruction[],
  values: number,
): { readonly code: Uint32Array; readonly registers: number; readonly counts: Record<string, number> } {
  const last = new Int32Array(values).fill(-1);
  instructions.forEach((instruction, i) => {
    for (const v of operands(instruction)) last[v] = i;
  });
  const register = new Int32Array(values).fill(-1);
  const free: number[] = [];
  let registers = 0;
  const code: number[] = [];
  const counts: Record<string, number> = {};
  instructions.forEach((instruction, i) => {
    const { op, defs } = instruction;
    if (defs.length > 0 && defs.every((v) => last[v] < 0)) return; // nobody reads it
    const sources = operands(instruction).map((v) => register[v] * REGISTER_BYTES);
    for (const v of new Set(operands(instruction))) if (last[v] === i) free.push(register[v]);
    for (const v of defs) {
      register[v] = free.pop() ?? registers++;
      if (last[v] < 0) free.push(register[v]);
    }
    counts[NAMES[op]] = (counts[NAMES[op]] ?? 0) + 1;
    code.push(
      ...write(
        instruction,
        defs.map((v) => register[v] * REGISTER_BYTES),
        sources,
      ),
    );
  });
  return { code: Uint32Array.from(code), registers, counts };
}

function write({ op, uses, data }: Instruction, to: readonly number[], from: readonly number[]): number[] {
  switch (op) {
    case Op.Add:
    case Op.Sub:
    case Op.Mul:
      return [op, to[0], from[0], from[1]];
    case Op.Load:
      return [op, to[0], data, 0];
    case Op.Store:
      return [op, data, from[0], 0];
    case Op.Close:
      return [op, to[0], to[1], data];
    case Op.ExtMul:
      return [op, to[0], to[1], from[0], from[1], from[2], from[3], 0];
    case Op.Combine1:
      return [op, to[0], from.length, data, ...from];
    case Op.Combine2:
      return [op, to[0], to[1], from.length, data, 0, 0, 0, ...from];
    case Op.Fold:
    case Op.FoldFirst:
      return [op, from.length, data, uses[0], ...from];
    default: // Neg, Scale, Offset, From, Shift
      return [op, to[0], from[0], data];
  }
}

const NAMES = Object.fromEntries(Object.entries(Op).map(([name, op]) => [op, name]));
