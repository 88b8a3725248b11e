import { Op, type OpName } from '../opcodes.ts';
import type { Operate } from '../state.ts';
import { evalCircuit } from './circuit.ts';
import * as field from './field.ts';
import { frie2f4 } from './fri.ts';
import * as hash from './hash.ts';
import { hornerBase, hornerExt } from './horner.ts';
import * as memory from './memory.ts';
import * as moves from './moves.ts';
import { cryptoStream } from './stream.ts';
import * as system from './system.ts';
import * as u32 from './u32.ts';

const BY_NAME: Partial<Record<OpName, Operate>> = {
  NOOP: system.noop,
  EQZ: field.eqz,
  NEG: field.neg,
  INV: field.inv,
  INCR: field.incr,
  NOT: field.not,
  MLOAD: memory.mload,
  SWAP: moves.swap,
  CALLER: system.caller,
  MOVUP2: moves.movup(2),
  MOVDN2: moves.movdn(2),
  MOVUP3: moves.movup(3),
  MOVDN3: moves.movdn(3),
  ADVPOPW: memory.advpopw,
  EXPACC: field.expacc,
  MOVUP4: moves.movup(4),
  MOVDN4: moves.movdn(4),
  MOVUP5: moves.movup(5),
  MOVDN5: moves.movdn(5),
  MOVUP6: moves.movup(6),
  MOVDN6: moves.movdn(6),
  MOVUP7: moves.movup(7),
  MOVDN7: moves.movdn(7),
  SWAPW: moves.swapw,
  EXT2MUL: field.ext2mul,
  MOVUP8: moves.movup(8),
  MOVDN8: moves.movdn(8),
  SWAPW2: moves.swapw2,
  SWAPW3: moves.swapw3,
  SWAPDW: moves.swapdw,
  EMIT: system.emit,
  ASSERT: system.assertOne,
  EQ: field.eq,
  ADD: field.add,
  MUL: field.mul,
  AND: field.and,
  OR: field.or,
  U32AND: u32.u32and,
  U32XOR: u32.u32xor,
  FRIE2F4: frie2f4,
  DROP: moves.drop,
  CSWAP: moves.cswap,
  CSWAPW: moves.cswapw,
  MLOADW: memory.mloadw,
  MSTORE: memory.mstore,
  MSTOREW: memory.mstorew,
  PAD: moves.pad,
  DUP0: moves.dup(0),
  DUP1: moves.dup(1),
  DUP2: moves.dup(2),
  DUP3: moves.dup(3),
  DUP4: moves.dup(4),
  DUP5: moves.dup(5),
  DUP6: moves.dup(6),
  DUP7: moves.dup(7),
  DUP9: moves.dup(9),
  DUP11: moves.dup(11),
  DUP13: moves.dup(13),
  DUP15: moves.dup(15),
  ADVPOP: memory.advpop,
  SDEPTH: system.sdepth,
  CLK: system.clk,
  U32ADD: u32.u32add,
  U32SUB: u32.u32sub,
  U32MUL: u32.u32mul,
  U32DIV: u32.u32div,
  U32SPLIT: u32.u32split,
  U32ASSERT2: u32.u32assert2,
  U32ADD3: u32.u32add3,
  U32MADD: u32.u32madd,
  COMPRESS: hash.compress,
  MPVERIFY: hash.mpverify,
  PIPE: memory.pipe,
  MSTREAM: memory.mstream,
  HORNERBASE: hornerBase,
  HORNEREXT: hornerExt,
  PUSH: moves.push,
  EVALCIRCUIT: evalCircuit,
  LOGDEFERRED: hash.logDeferred,
  MRUPDATE: hash.mrupdate,
  CRYPTOSTREAM: cryptoStream,
};

/** What each opcode of a basic block does; control opcodes do nothing here, the processor runs them. */
export const OPERATIONS: readonly Operate[] = (() => {
  const table = new Array<Operate>(128).fill(system.noop);
  for (const [name, operate] of Object.entries(BY_NAME)) table[Op[name as OpName]] = operate;
  return table;
})();
