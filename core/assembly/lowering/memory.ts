import { type Felt, neg } from '../../field/felt.ts';
import { FRAME_POINTER_ADDRESS, FRAME_POINTER_START } from '../../vm/frame-pointer.ts';
import { operation } from '../../vm/mast/operation.ts';
import type { Operation } from '../../vm/mast/types.ts';
import { Op } from '../../vm/opcodes.ts';
import type { LocalName, U32Name } from '../instructions.ts';
import { pushValue, rawPush, recipe } from './recipe.ts';
import { REVERSE_WORD } from './stack.ts';

/**
 * Memory and procedure locals as operations (miden-assembly 1.0.0-rc.0, src/instruction/mem_ops.rs, src/fmp.rs).
 *
 * Locals lie below the frame pointer, which is itself a memory cell of the context: a procedure with locals raises
 * it by its frame when it begins, and lowers it when it ends. Frames are whole words.
 */

const WORD = 4;
const LOAD_POINTER: readonly Operation[] = [
  rawPush(FRAME_POINTER_ADDRESS),
  operation(Op.MLOAD),
  operation(Op.ADD),
];
const STORE_POINTER: readonly Operation[] = [
  rawPush(FRAME_POINTER_ADDRESS),
  operation(Op.MSTORE),
  operation(Op.DROP),
];

/** What a program does before anything else. */
export const START_FRAMES: readonly Operation[] = [rawPush(FRAME_POINTER_START), ...STORE_POINTER];

const frameSize = (locals: number): number => Math.ceil(locals / WORD) * WORD;
const movePointer = (by: Felt): readonly Operation[] => [rawPush(by), ...LOAD_POINTER, ...STORE_POINTER];

/** Operations before and after the body of a procedure with `locals` > 0 local elements. */
export const openFrame = (locals: number): readonly Operation[] => movePointer(BigInt(frameSize(locals)));
export const closeFrame = (locals: number): readonly Operation[] =>
  movePointer(neg(BigInt(frameSize(locals))));

export const MEMORY_RECIPES = {
  mem_load: 'MLOAD',
  mem_loadw_be: `MLOADW ${REVERSE_WORD}`,
  mem_loadw_le: 'MLOADW',
  mem_store: 'MSTORE DROP',
  mem_storew_be: `MOVDN4 ${REVERSE_WORD} MOVUP4 MSTOREW ${REVERSE_WORD}`,
  mem_storew_le: 'MSTOREW',
} satisfies Partial<Record<U32Name, string>>;

type MemoryName = keyof typeof MEMORY_RECIPES;

const reverse = recipe(REVERSE_WORD);
const AFTER_ADDRESS: Readonly<Record<MemoryName, readonly Operation[]>> = {
  mem_load: recipe('MLOAD'),
  mem_loadw_be: recipe(`MLOADW ${REVERSE_WORD}`),
  mem_loadw_le: recipe('MLOADW'),
  mem_store: recipe('MSTORE DROP'),
  mem_storew_be: recipe(`MSTOREW ${REVERSE_WORD}`),
  mem_storew_le: recipe('MSTOREW'),
};

export const isMemoryName = (name: string): name is MemoryName => name in MEMORY_RECIPES;

const access = (name: MemoryName, address: readonly Operation[]): readonly Operation[] =>
  name === 'mem_storew_be'
    ? [...reverse, ...address, ...AFTER_ADDRESS[name]]
    : [...address, ...AFTER_ADDRESS[name]];

/** `mem_load.5` and its kind. */
export const lowerMemoryImmediate = (name: MemoryName, address: number): readonly Operation[] =>
  access(name, pushValue(address));

const LOCAL_ACCESS: Readonly<Record<Exclude<LocalName, 'locaddr'>, MemoryName>> = {
  loc_load: 'mem_load',
  loc_loadw_be: 'mem_loadw_be',
  loc_loadw_le: 'mem_loadw_le',
  loc_store: 'mem_store',
  loc_storew_be: 'mem_storew_be',
  loc_storew_le: 'mem_storew_le',
};

/** `loc_load.0`, `locaddr.0` and their kind, in a procedure with `locals` local elements. */
export function lowerLocal(name: LocalName, index: number, locals: number): readonly Operation[] {
  const address = [...pushValue(neg(BigInt(frameSize(locals) - index))), ...LOAD_POINTER];
  return name === 'locaddr' ? address : access(LOCAL_ACCESS[name], address);
}
