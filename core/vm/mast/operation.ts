import type { Felt } from '../../field/felt.ts';
import { OP_NAMES, Op, type Opcode } from '../opcodes.ts';
import type { Operation } from './types.ts';

/** Opcodes of control nodes: they mark rows of the trace and never stand in a basic block. */
const CONTROL: ReadonlySet<number> = new Set([
  Op.SPLIT,
  Op.LOOP,
  Op.SPAN,
  Op.JOIN,
  Op.DYN,
  Op.DYNCALL,
  Op.SYSCALL,
  Op.CALL,
  Op.END,
  Op.REPEAT,
  Op.RESPAN,
  Op.HALT,
]);
const WITH_ERROR_CODE: ReadonlySet<number> = new Set([Op.ASSERT, Op.MPVERIFY, Op.U32ASSERT2]);

/** Whether `code` is an operation of basic blocks. */
export const isBlockOpcode = (code: number): code is Opcode =>
  OP_NAMES[code] !== undefined && !CONTROL.has(code);

/** Whether the operation carries an error code: zero if none was given. It is not part of any digest. */
export const carriesErrorCode = (code: number): boolean => WITH_ERROR_CODE.has(code);

const SHARED: readonly Operation[] = OP_NAMES.map((_, code) =>
  Object.freeze(WITH_ERROR_CODE.has(code) ? { op: code as Opcode, imm: 0n } : { op: code as Opcode }),
);

/** An operation. Those without data are one shared object each, so long blocks stay small. */
export const operation = (op: Opcode, imm?: Felt): Operation =>
  imm === undefined || (imm === 0n && op !== Op.PUSH) ? SHARED[op] : { op, imm };
