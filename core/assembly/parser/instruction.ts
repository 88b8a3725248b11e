import type { Felt } from '../../field/felt.ts';
import { textCode } from '../../hash/text.ts';
import type { Word } from '../../hash/word.ts';
import type { SourceSpan } from '../../vm/mast/types.ts';
import type { ConstantReference, Immediate, Instruction, InvocationTarget } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import {
  closestInstruction,
  INSTRUCTIONS,
  isStackName,
  REPLACED_INSTRUCTIONS,
  type SourceForm,
  STACK_INDEX,
  spellings,
} from '../instructions.ts';
import { MAX_PUSH_VALUES } from '../limits.ts';
import { type Cursor, shown } from './cursor.ts';
import { T } from './lexer.ts';
import {
  isQuoted,
  type Numeric,
  parseDecimal,
  parseNumber,
  parseU32,
  parseWordLiteral,
  tooManyPushed,
  unquote,
} from './literals.ts';
import { constantNameAt, parsePath } from './names.ts';

/** Bit lengths `exp.u…` may name. */
const MAX_EXPONENT_BITS = 63n;
const MAX_SHIFT = 31n;
const MAX_LOCAL_INDEX = 0xffffn;
const PADDINGS = [0n, 4n, 8n];

/**
 * Reads the instruction that takes exactly the tokens from the cursor to `end`. Returns what it stands for: one
 * instruction, or several where the language expands it (`push.1.2`, `u32and.5`). Leaves the cursor anywhere.
 */
export const parseInstruction = (cursor: Cursor, end: number): Instruction[] =>
  new InstructionParser(cursor, end).parse();

class InstructionParser {
  private readonly cursor: Cursor;
  private readonly end: number;
  private readonly span: SourceSpan;
  private readonly nameSpan: SourceSpan;
  private readonly name: string;

  constructor(cursor: Cursor, end: number) {
    this.cursor = cursor;
    this.end = end;
    this.span = cursor.span(cursor.index, end - 1);
    const first = cursor.index;
    this.name = this.takeName();
    this.nameSpan = cursor.spanFrom(first);
  }

  parse(): Instruction[] {
    const { cursor, end, name } = this;
    const forms = INSTRUCTIONS.get(name);
    if (!forms) throw this.unknown();
    if (cursor.index === end) {
      if (!forms.includes('none')) throw this.malformed();
      return [this.bare()];
    }
    if (!cursor.skip(T.dot) || cursor.index === end) throw this.malformed();
    for (const form of forms) {
      const instructions = this.operand(form);
      if (instructions) return instructions;
    }
    throw this.malformed();
  }

  /** Takes the name; `adv.` belongs to it. */
  private takeName(): string {
    const { cursor, end } = this;
    const first = cursor.textOf(cursor.take());
    if (first !== 'adv' || cursor.index + 2 > end) return first;
    if (!cursor.at(T.dot) || cursor.kind(1) !== T.ident) return first;
    cursor.take();
    return `adv.${cursor.textOf(cursor.take())}`;
  }

  private bare(): Instruction {
    const { name } = this;
    const index = isStackName(name) ? STACK_INDEX[name].default : undefined;
    if (index !== undefined) return this.make({ name, form: 'index', value: index });
    if (name === 'adv.push_mapvaln') return this.make({ name, form: 'padding', value: 0 });
    return this.make({ name, form: 'none' });
  }

  /** What the tokens after the dot mean in one form; undefined if they cannot be of it. */
  private operand(form: SourceForm): Instruction[] | undefined {
    switch (form) {
      case 'none':
        return undefined;
      case 'push':
        return this.push();
      case 'target':
        return [this.make({ name: this.name, form, target: this.target() })];
      case 'event':
        return this.event();
      case 'error':
        return this.errorMessage();
      default:
        return this.end - this.cursor.index === 1 ? this.single(form) : undefined;
    }
  }

  /** Operands of one token. */
  private single(
    form: Exclude<SourceForm, 'none' | 'push' | 'target' | 'event' | 'error'>,
  ): Instruction[] | undefined {
    const { cursor, name } = this;
    const index = cursor.index;
    const span = cursor.span(index);
    const text = cursor.textOf(index);
    if (form === 'bits') return this.exponentBits(text, span);
    if (form === 'felt' && this.name === 'exp' && /^u[0-9]+$/.test(text)) return undefined;
    if (cursor.kindOf(index) === T.ident && form !== 'index' && form !== 'padding') {
      const value = this.constant(index);
      if (form === 'pushed-u32') return this.pushedThenApplied(value);
      return [this.make({ name, form, value })];
    }
    if (cursor.kindOf(index) !== T.number) return undefined;
    switch (form) {
      case 'felt': {
        const number = parseNumber(text, span);
        return number.kind === 'int' ? [this.make({ name, form, value: number.value })] : undefined;
      }
      case 'u32':
        return [this.make({ name, form, value: parseU32(text, span) })];
      case 'pushed-u32':
        return this.pushedThenApplied(BigInt(parseU32(text, span)));
      case 'local':
        return this.decimal(form, text, span, 0n, MAX_LOCAL_INDEX);
      case 'shift':
        return this.decimal(form, text, span, 0n, MAX_SHIFT);
      case 'index': {
        const { min, max } = STACK_INDEX[name as keyof typeof STACK_INDEX];
        return this.decimal(form, text, span, BigInt(min), BigInt(max));
      }
      case 'padding': {
        const value = parseDecimal(text);
        if (value === undefined || !PADDINGS.includes(value)) throw outOfRange(span, '0, 4 or 8');
        return [this.make({ name, form, value: Number(value) })];
      }
    }
  }

  private decimal(form: SourceForm, text: string, span: SourceSpan, min: bigint, max: bigint) {
    const value = parseDecimal(text);
    if (value === undefined || value < min || value > max)
      throw outOfRange(span, `a value from ${min} to ${max}`);
    return [this.make({ name: this.name, form, value: Number(value) })];
  }

  private exponentBits(text: string, span: SourceSpan): Instruction[] | undefined {
    if (!/^u[0-9]+$/.test(text)) return undefined;
    const bits = parseDecimal(text.slice(1));
    if (bits === undefined || bits > MAX_EXPONENT_BITS)
      throw outOfRange(span, 'a bit length from `u0` to `u63`');
    return [this.make({ name: 'exp', form: 'bits', value: Number(bits) })];
  }

  private pushedThenApplied(value: Immediate<Felt>): Instruction[] {
    return [this.make({ name: 'push', form: 'push', value }), this.make({ name: this.name, form: 'none' })];
  }

  /** `push.` and a word, a part of one, or up to 16 numbers and constants. */
  private push(): Instruction[] | undefined {
    const { cursor, end } = this;
    const first = cursor.index;
    const word = this.wordOperand();
    if (word !== undefined) {
      if (cursor.index === end) return [this.make({ name: 'push', form: 'push', value: word })];
      if (cursor.at(T.lbracket)) return [this.slice(word)];
    }
    cursor.index = first;
    return this.pushList();
  }

  private wordOperand(): Immediate<Word> | undefined {
    const { cursor } = this;
    const index = cursor.index;
    if (cursor.at(T.lbracket)) return parseWordLiteral(cursor);
    if (cursor.at(T.ident)) return this.constant(cursor.take());
    if (!cursor.at(T.number)) return undefined;
    const number = parseNumber(cursor.text(), cursor.span(index));
    if (number.kind !== 'word') return undefined;
    cursor.take();
    return number.value;
  }

  /** `WORD[i]` or `WORD[i..j]` after the word. */
  private slice(value: Immediate<Word>): Instruction {
    const { cursor } = this;
    const open = cursor.take();
    const start = this.sliceIndex();
    const end = cursor.skip(T.dotDot) ? this.sliceIndex() : start + 1n;
    cursor.expect(T.rbracket, '`]` or `..`');
    if (cursor.index !== this.end) throw this.malformed();
    if (start >= end || end > 4n) {
      throw outOfRange(
        cursor.spanFrom(open),
        '`[i]` with i from 0 to 3, or `[i..j]` with i < j, j at most 4',
      );
    }
    return this.make({ name: 'push', form: 'slice', value, start: Number(start), end: Number(end) });
  }

  private sliceIndex(): bigint {
    const { cursor } = this;
    const index = cursor.expect(T.number, 'the index of an element');
    const value = parseDecimal(cursor.textOf(index));
    if (value === undefined) throw outOfRange(cursor.span(index), 'a decimal number');
    return value;
  }

  private pushList(): Instruction[] | undefined {
    const { cursor, end } = this;
    const pushes: Instruction[] = [];
    for (;;) {
      const index = cursor.take();
      const kind = cursor.kindOf(index);
      if (index >= end || (kind !== T.ident && kind !== T.number)) return undefined;
      if (pushes.length === MAX_PUSH_VALUES) throw tooManyPushed(this.span);
      const value = kind === T.ident ? this.constant(index) : this.feltOf(index);
      if (value === undefined) return undefined;
      const start = pushes.length === 0 ? this.span.start : cursor.span(index).start;
      const span = { ...cursor.span(index), start };
      pushes.push({ kind: 'instruction', name: 'push', form: 'push', value, span });
      if (cursor.index === end) return pushes;
      if (!cursor.skip(T.dot)) return undefined;
    }
  }

  private feltOf(index: number): Felt | undefined {
    const number: Numeric = parseNumber(this.cursor.textOf(index), this.cursor.span(index));
    return number.kind === 'int' ? number.value : undefined;
  }

  private target(): InvocationTarget {
    const { cursor, end } = this;
    const first = cursor.index;
    const expected = 'a procedure: `name`, `module::name` or a digest of 64 hexadecimal digits';
    if (cursor.at(T.number) && end - first === 1) {
      const span = cursor.span(first);
      const number = parseNumber(cursor.text(), span);
      if (number.kind === 'word') return { kind: 'digest', digest: number.value, span };
      throw this.malformed(expected);
    }
    const { path, span } = cursor.within(
      end,
      () => parsePath(cursor, expected),
      '`::` or the end of the path',
    );
    return { kind: 'path', path, span };
  }

  /** `.NAME` or `.event("name")`. */
  private event(): Instruction[] | undefined {
    const { cursor, end } = this;
    const index = cursor.index;
    const form = 'event';
    if (end - index === 1 && cursor.at(T.ident) && !cursor.atKeyword('event')) {
      return [this.make({ name: this.name, form, value: this.constant(index) })];
    }
    const isEvent = cursor.atKeyword('event') && cursor.kind(1) === T.lparen && cursor.kind(3) === T.rparen;
    if (end - index !== 4 || !isEvent || !isQuoted(cursor.kind(2))) return undefined;
    return [this.make({ name: this.name, form, value: textCode(unquote(cursor.text(2))) })];
  }

  /** `.err="text"` or `.err=NAME`. */
  private errorMessage(): Instruction[] | undefined {
    const { cursor, end } = this;
    const index = cursor.index;
    if (end - index !== 3 || !cursor.atKeyword('err') || cursor.kind(1) !== T.equal) return undefined;
    const kind = cursor.kind(2);
    if (kind !== T.ident && !isQuoted(kind)) return undefined;
    const message = kind === T.ident ? this.constant(index + 2) : unquote(cursor.text(2));
    return [this.make({ name: this.name, form: 'error', message })];
  }

  private constant(index: number): ConstantReference {
    const { text, span } = constantNameAt(this.cursor, index);
    return { kind: 'constant', name: text, span };
  }

  /** The table guarantees that the name goes with the form. */
  private make(fields: {
    readonly name: string;
    readonly form: string;
    readonly [key: string]: unknown;
  }): Instruction {
    return { kind: 'instruction', ...fields, span: this.span } as Instruction;
  }

  private unknown(): AssemblyError {
    const replacement = REPLACED_INSTRUCTIONS.get(this.name);
    const similar = replacement ?? closestInstruction(this.name);
    return new AssemblyError('unknown-instruction', `there is no instruction ${shown(this.name)}`, {
      span: this.nameSpan,
      ...(similar === undefined ? { expected: 'an instruction' } : { expected: `\`${similar}\`` }),
      ...(replacement === undefined ? {} : { advice: 'say the order of the elements: `_be` or `_le`' }),
    });
  }

  private malformed(expected = spellings(this.name)): AssemblyError {
    return new AssemblyError('invalid-operand', `${shown(this.name)} does not take this operand`, {
      span: this.span,
      expected,
    });
  }
}

const outOfRange = (span: SourceSpan, expected: string): AssemblyError =>
  new AssemblyError('value-out-of-range', 'the operand is out of range', { span, expected });
