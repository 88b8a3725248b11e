import { parseArgs } from 'node:util';
import { UsageError } from './usage.ts';

/** One option of a command. A `value` names what follows it; without one it is a switch. */
interface OptionSpec {
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Options and operands as they were given; every lookup checks form and range, and throws {@link UsageError}. */
export class Options {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  /** Throws when the line has an option that `specs` does not know, or lacks a value. */
  constructor(args: readonly string[], specs: OptionSpecs) {
    const options = Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        {
          type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
          multiple: spec.multiple ?? false,
        },
      ]),
    );
    try {
      const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
      this.operands = parsed.positionals;
      this.#values = parsed.values;
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }
  required(name: string): string {
    return this.text(name) ?? this.#fail(`--${name} is missing`);
  }
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }
  /** A decimal integer in [min, max]. */
  integer(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max
      ? value
      : this.#fail(`--${name} takes an integer from ${min} to ${max}`);
  }
  /** So many integers in [min, max], between commas. */
  integers(name: string, count: number, min: number, max: number): readonly number[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const values = text.split(',').map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
    return values.length === count && values.every((value) => value >= min && value <= max)
      ? values
      : this.#fail(`--${name} takes ${count} integers from ${min} to ${max} with commas between`);
  }
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return (
      choices.find((choice) => choice === text) ?? this.#fail(`--${name} takes one of: ${choices.join(', ')}`)
    );
  }
  /** The operand, if there is one; there are no more. */
  optionalOperand(what: string): string | undefined {
    if (this.operands.length > 1) this.#fail(`one ${what} at most is expected, not ${this.operands.length}`);
    return this.operands[0];
  }
  /** The only operand. */
  operand(what: string): string {
    if (this.operands.length !== 1)
      this.#fail(`exactly one ${what} is expected, not ${this.operands.length}`);
    return this.operands[0];
  }
  noOperands(): void {
    if (this.operands.length > 0) this.#fail(`unexpected: ${this.operands.join(' ')}`);
  }

  #fail(message: string): never {
    throw new UsageError(message);
  }
}
