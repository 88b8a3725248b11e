import type { Felt } from '../../field/felt.ts';
import { textCode } from '../../hash/text.ts';
import type { Word } from '../../hash/word.ts';
import { carriesErrorCode, operation } from '../../vm/mast/operation.ts';
import type { Operation } from '../../vm/mast/types.ts';
import { SYSTEM_EVENT_IDS } from '../../vm/system-events.ts';
import type { ConstantReference, Immediate, Instruction } from '../ast.ts';
import type { ErrorName } from '../instructions.ts';
import { CRYPTO_RECIPES } from './crypto.ts';
import { ASSERTION_RECIPES, ENVIRONMENT_RECIPES, PADDED_MAP_VALUE } from './environment.ts';
import {
  FIELD_RECIPES,
  lowerExp,
  lowerExpImmediate,
  lowerFeltImmediate,
  MAX_EXPONENT_BITS,
} from './field.ts';
import { isMemoryName, lowerLocal, lowerMemoryImmediate, MEMORY_RECIPES } from './memory.ts';
import { pushValue, rawPush, recipe } from './recipe.ts';
import { lowerStackIndex, STACK_RECIPES } from './stack.ts';
import { lowerShiftImmediate, U32_RECIPES } from './u32.ts';

/** What the lowering of an instruction needs to know about, and tells, the procedure it stands in. */
export interface LoweringContext {
  /** Local elements the procedure declared. */
  readonly locals: number;
  /** Learns the text behind each error code. */
  readonly errorMessages: Map<Felt, string>;
}

/** Instructions without operands, each a fixed sequence of operations. */
const FIXED: ReadonlyMap<string, readonly Operation[]> = new Map(
  Object.entries({
    ...FIELD_RECIPES,
    ...U32_RECIPES,
    ...STACK_RECIPES,
    ...MEMORY_RECIPES,
    ...CRYPTO_RECIPES,
    ...ENVIRONMENT_RECIPES,
    ...ASSERTION_RECIPES,
  }).map(([name, text]) => [name, recipe(text)]),
);
const EXP = lowerExp(MAX_EXPONENT_BITS);
const [EMIT, DROP] = recipe('EMIT DROP');
const TRACE = rawPush(SYSTEM_EVENT_IDS.trace_event);

/** Instructions that are nodes of the forest, not operations of a block. */
export type NodeInstruction =
  | Extract<Instruction, { form: 'target' }>
  | (Instruction & { readonly name: 'dynexec' | 'dyncall' });

export const isNodeInstruction = (instruction: Instruction): instruction is NodeInstruction =>
  instruction.form === 'target' || instruction.name === 'dynexec' || instruction.name === 'dyncall';

/**
 * The operations of one instruction. Its operands are known values that have been checked: the linker has filled in
 * the constants.
 */
export function lowerInstruction(
  instruction: Exclude<Instruction, NodeInstruction>,
  context: LoweringContext,
): readonly Operation[] {
  switch (instruction.form) {
    case 'none':
      return instruction.name === 'exp' ? EXP : fixed(instruction.name);
    case 'felt': {
      const value = known(instruction.value);
      if (instruction.name === 'exp') return lowerExpImmediate(value);
      return lowerFeltImmediate(instruction.name, value);
    }
    case 'bits':
      return lowerExp(instruction.value);
    case 'u32': {
      const value = known(instruction.value);
      const { name } = instruction;
      if (isMemoryName(name)) return lowerMemoryImmediate(name, value);
      return [...pushValue(value), ...fixed(name)];
    }
    case 'shift':
      return lowerShiftImmediate(instruction.name, known(instruction.value));
    case 'local':
      return lowerLocal(instruction.name, known(instruction.value), context.locals);
    case 'index':
      return lowerStackIndex(instruction.name, instruction.value);
    case 'padding':
      return emitEvent(SYSTEM_EVENT_IDS[PADDED_MAP_VALUE[instruction.value]]);
    case 'push': {
      const value = known(instruction.value);
      return typeof value === 'bigint' ? pushValue(value) : pushElements(value);
    }
    case 'slice': {
      const elements = known(instruction.value).slice(instruction.start, instruction.end);
      return pushElements(elements);
    }
    case 'event': {
      const id = known(instruction.value);
      return instruction.name === 'emit' ? emitEvent(id) : [rawPush(id), TRACE, EMIT, DROP, DROP];
    }
    case 'error':
      return assertion(instruction.name, known(instruction.message), context);
  }
}

function fixed(name: string): readonly Operation[] {
  const ops = FIXED.get(name);
  if (ops === undefined) throw new RangeError(`no lowering of ${name}`);
  return ops;
}

/** Element 0 ends on top. */
const pushElements = (elements: readonly Felt[]): readonly Operation[] =>
  [...elements].reverse().flatMap((element) => pushValue(element));

const emitEvent = (id: Felt): readonly Operation[] => [rawPush(id), EMIT, DROP];

/** Pushes a procedure's digest. */
export const lowerProcedureReference = (digest: Word): readonly Operation[] =>
  [...digest].reverse().map((element) => rawPush(element));

function assertion(name: ErrorName, message: string, context: LoweringContext): readonly Operation[] {
  const code = textCode(message);
  context.errorMessages.set(code, message);
  return fixed(name).map((op) => (carriesErrorCode(op.op) ? operation(op.op, code) : op));
}

/** The value of an operand whose constants the linker has filled in. */
export function known<T extends Felt | number | string | Word>(immediate: Immediate<T>): T {
  if (isReference(immediate)) throw new RangeError(`the constant ${immediate.name} was not resolved`);
  return immediate;
}

const isReference = (immediate: Immediate<unknown>): immediate is ConstantReference =>
  typeof immediate === 'object' && immediate !== null && 'kind' in immediate;
