import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { SourceSpan } from '../../vm/mast/types.ts';
import type {
  ConstantReference,
  ConstantValue,
  Immediate,
  Instruction,
  Module,
  Procedure,
  Repeat,
} from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_REPEAT_COUNT } from '../limits.ts';
import type { ConstantEvaluator } from './constants.ts';
import { mapBlock } from './map-block.ts';

const U32_MAX = 0xffff_ffffn;
const U16_MAX = 0xffffn;
const SHIFT_MAX = 31n;
const WORD_SIZE = 4;
const DIVISIONS: ReadonlySet<string> = new Set(['div', 'u32div', 'u32divmod', 'u32mod']);

/**
 * Puts the values of constants in the place of their names in a procedure, as far as they are known, and checks what
 * depends on values: ranges, divisors, counts, locals.
 */
export function resolveOperands(
  procedure: Procedure,
  module: Module,
  evaluator: ConstantEvaluator,
): Procedure {
  const resolver = new OperandResolver(procedure, module, evaluator);
  const body = mapBlock(procedure.body, resolver);
  return body === procedure.body ? procedure : { ...procedure, body };
}

class OperandResolver {
  private readonly procedure: Procedure;
  private readonly module: Module;
  private readonly evaluator: ConstantEvaluator;

  constructor(procedure: Procedure, module: Module, evaluator: ConstantEvaluator) {
    this.procedure = procedure;
    this.module = module;
    this.evaluator = evaluator;
  }

  repeat(repeat: Repeat): Repeat {
    const count = this.integer(repeat.count, U32_MAX);
    if (typeof count === 'number' && (count < 1 || count > MAX_REPEAT_COUNT)) {
      const span = isReference(repeat.count) ? repeat.count.span : headOf(repeat.span);
      throw new AssemblyError('invalid-repeat-count', `a block cannot be repeated ${count} times`, {
        span,
        expected: `a count from 1 to ${MAX_REPEAT_COUNT}`,
      });
    }
    return count === repeat.count ? repeat : { ...repeat, count };
  }

  instruction(instruction: Instruction): Instruction {
    const resolved = this.resolve(instruction);
    check(resolved, this.procedure);
    return resolved;
  }

  private resolve(instruction: Instruction): Instruction {
    switch (instruction.form) {
      case 'felt': {
        const value = this.constant(instruction.value, 'a field element', asFelt);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'u32': {
        const value = this.integer(instruction.value, U32_MAX);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'shift': {
        const value = this.integer(instruction.value, SHIFT_MAX);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'local': {
        const value = this.integer(instruction.value, U16_MAX);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'push': {
        const value = this.constant(instruction.value, 'an integer or a word', asPushed);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'slice': {
        const value = this.constant(instruction.value, 'a word', asWord);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'event': {
        const value = this.constant(instruction.value, 'an event, `event("name")`', asEvent);
        return value === instruction.value ? instruction : { ...instruction, value };
      }
      case 'error': {
        const message = this.constant(instruction.message, 'a text', asText);
        return message === instruction.message ? instruction : { ...instruction, message };
      }
      default:
        return instruction;
    }
  }

  private integer(immediate: Immediate<number>, max: bigint): Immediate<number> {
    return this.constant(immediate, `an integer from 0 to ${max}`, (value) =>
      value.kind === 'int' && value.value <= max ? Number(value.value) : undefined,
    );
  }

  /** The value of a named constant as `read` takes it; anything but a name stays as it is. */
  private constant<R>(
    immediate: Immediate<R>,
    expected: string,
    read: (value: ConstantValue) => R | undefined,
  ): Immediate<R> {
    if (!isReference(immediate)) return immediate;
    const { name, span } = immediate;
    const value = this.evaluator.lookUp({ absolute: false, segments: [name] }, span, this.module);
    if (!value) return immediate;
    const result = read(value);
    if (result === undefined) {
      const kind = value.kind === 'int' ? 'value-out-of-range' : 'invalid-constant';
      throw new AssemblyError(kind, `the value of \`${name}\` does not fit here`, { span, expected });
    }
    return result;
  }
}

const isReference = (value: unknown): value is ConstantReference =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'constant';

const asFelt = (value: ConstantValue): Felt | undefined =>
  value.kind === 'int' || value.kind === 'event' ? value.value : undefined;
const asPushed = (value: ConstantValue): Felt | Word | undefined =>
  value.kind === 'string' ? undefined : value.value;
const asWord = (value: ConstantValue): Word | undefined => (value.kind === 'word' ? value.value : undefined);
const asEvent = (value: ConstantValue): Felt | undefined =>
  value.kind === 'event' ? value.value : undefined;
const asText = (value: ConstantValue): string | undefined =>
  value.kind === 'string' ? value.value : undefined;

/** `repeat.<count>` at the start of a block. */
function headOf({ file, start, end }: SourceSpan): SourceSpan {
  const head = /^repeat\s*\.\s*\w+/.exec(file.text.slice(start, end));
  return { file, start, end: head ? start + head[0].length : end };
}

function check(instruction: Instruction, procedure: Procedure): void {
  const { name, form, span } = instruction;
  if (form === 'local') {
    checkLocal(name, instruction.value, span, procedure);
  } else if ((form === 'felt' || form === 'u32') && DIVISIONS.has(name)) {
    if (instruction.value !== 0n && instruction.value !== 0) return;
    throw new AssemblyError('division-by-zero', `\`${name}\` divides by zero`, { span });
  }
}

/** A local must lie in the procedure's memory; a word of locals whole, and at a multiple of four. */
function checkLocal(name: string, index: Immediate<number>, span: SourceSpan, procedure: Procedure): void {
  const { locals } = procedure;
  const isWord = name.includes('loadw') || name.includes('storew');
  const width = isWord ? WORD_SIZE : 1;
  const label = `\`${procedure.name.text}\` has ${locals} local${locals === 1 ? '' : 's'}`;
  const related = [{ label, span: procedure.name.span }];
  if (locals < width) {
    throw new AssemblyError('invalid-local', 'the procedure has too few locals', {
      span,
      related,
      advice: 'declare them with `@locals(n)` before `proc`',
    });
  }
  if (typeof index !== 'number') return;
  if (index > locals - width) {
    throw new AssemblyError('invalid-local', 'the procedure has no such local', {
      span,
      expected: `an index from 0 to ${locals - width}`,
      related,
    });
  }
  if (isWord && index % WORD_SIZE !== 0) {
    throw new AssemblyError('invalid-local', 'a word of locals is not aligned', {
      span,
      expected: `an index that is a multiple of ${WORD_SIZE}`,
    });
  }
}
