import { KilnError } from '../errors.ts';
import type { SourceSpan } from '../vm/mast/types.ts';
import { renderSnippet } from './source.ts';

export interface AssemblyErrorOptions {
  readonly span?: SourceSpan | undefined;
  /** What would have been right in its place, as a noun phrase: "`end`", "a value from 0 to 15". */
  readonly expected?: string;
  readonly advice?: string;
  /** Other places that matter, each with what it is: "first defined here". */
  readonly related?: readonly { readonly label: string; readonly span: SourceSpan }[];
}

/**
 * Anything wrong with Miden assembly source: syntax, meaning, or linking.
 * `details` shows file:line:column, the line with carets, and what was expected.
 */
export class AssemblyError extends KilnError {
  readonly span: SourceSpan | undefined;
  readonly expected: string | undefined;

  constructor(kind: AssemblyErrorKind, message: string, options: AssemblyErrorOptions = {}) {
    const parts: string[] = [];
    if (options.span) parts.push(renderSnippet(options.span));
    if (options.expected) parts.push(`expected ${clip(options.expected)}`);
    for (const { label, span } of options.related ?? [])
      parts.push(`${clip(label)}:\n${renderSnippet(span)}`);
    super(kind, clip(message), {
      details: parts.join('\n'),
      ...(options.advice === undefined ? {} : { advice: clip(options.advice) }),
    });
    this.span = options.span;
    this.expected = options.expected;
  }
}

/** Texts hold names from the source, which may be very long. */
const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
const MAX_TEXT = 300;

/** Every `kind` an {@link AssemblyError} may have; those of the linker stand in the second part. */
export type AssemblyErrorKind =
  | 'source-too-large'
  | 'nesting-too-deep'
  | 'block-too-large'
  | 'syntax'
  | 'unknown-instruction'
  | 'invalid-operand'
  | 'invalid-literal'
  | 'value-out-of-range'
  | 'invalid-name'
  | 'invalid-attribute'
  | 'invalid-type'
  | 'invalid-module'
  | 'duplicate-symbol'
  | 'undefined-symbol'
  | 'invalid-constant'
  | 'division-by-zero'
  | 'invalid-repeat-count'
  | 'invalid-local'
  | 'invalid-invocation'
  | 'recursion'
  | 'not-visible'
  | 'wrong-symbol-kind'
  | 'missing-entrypoint'
  | 'kernel-misuse'
  | 'program-too-large';
