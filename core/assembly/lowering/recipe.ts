import { type Felt, felt } from '../../field/felt.ts';
import { operation } from '../../vm/mast/operation.ts';
import type { Operation } from '../../vm/mast/types.ts';
import { Op, type OpName } from '../../vm/opcodes.ts';

/**
 * Reads operations from their names: `recipe('PUSH.2 PAD INCR EXPACC*6 DROP*2')`. `NAME*n` repeats an operation,
 * `PUSH.v` pushes a decimal or 0x value. Meant for the fixed sequences of the lowering tables.
 */
export function recipe(text: string): readonly Operation[] {
  const ops: Operation[] = [];
  for (const token of text.split(/\s+/).filter(Boolean)) {
    const [head, count] = token.split('*');
    const [name, value] = head.split('.');
    const code = Op[name as OpName];
    if (code === undefined || (code === Op.PUSH) !== (value !== undefined)) throw new RangeError(token);
    const op = operation(code, value === undefined ? undefined : BigInt(value));
    for (let i = 0; i < Number(count ?? 1); i++) ops.push(op);
  }
  return ops;
}

/** PUSH, whatever the value. */
export const rawPush = (value: Felt | number): Operation => operation(Op.PUSH, felt(value));

const PUSH_ZERO = recipe('PAD');
const PUSH_ONE = recipe('PAD INCR');

/** The shortest way to push a value: PAD for 0, PAD INCR for 1, else PUSH. */
export function pushValue(value: Felt | number): readonly Operation[] {
  const v = BigInt(value);
  return v === 0n ? PUSH_ZERO : v === 1n ? PUSH_ONE : [rawPush(v)];
}
