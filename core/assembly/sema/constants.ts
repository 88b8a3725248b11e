import { type Felt, inv, MODULUS, mul } from '../../field/felt.ts';
import type { SourceSpan } from '../../vm/mast/types.ts';
import type { Constant, ConstantExpr, ConstantOperator, ConstantValue, Module, Path } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { Scope, wrongKind } from './scope.ts';

type Binary = Extract<ConstantExpr, { kind: 'binary' }>;

/** A constant and the module that defines it. */
export interface ConstantPlace {
  readonly module: Module;
  readonly constant: Constant;
}

/**
 * Finds a constant of another module: its value, or where it is defined. `undefined` leaves the value open; a linker
 * throws instead, and also when the constant may not be seen from `from`.
 */
export type FindConstant = (
  path: Path,
  span: SourceSpan,
  from: Module,
) => ConstantValue | ConstantPlace | undefined;

type Step =
  | { readonly do: 'evaluate'; readonly expr: ConstantExpr; readonly scope: Scope }
  | { readonly do: 'apply'; readonly expr: Binary }
  | { readonly do: 'finish'; readonly constant: Constant };

/** One evaluation under way. */
interface Run {
  readonly steps: Step[];
  readonly stack: (ConstantValue | undefined)[];
  /** Constants whose value is being worked out. */
  readonly open: Set<Constant>;
}

/**
 * Evaluates constants, across modules. Each is evaluated once; a chain of any length takes no call stack.
 * Arithmetic is on integers below the field modulus: a result that leaves that range is an error, not wrapped.
 */
export class ConstantEvaluator {
  private readonly find: FindConstant;
  private readonly scopes = new WeakMap<Module, Scope>();
  private readonly values = new Map<Constant, ConstantValue | undefined>();

  constructor(find: FindConstant) {
    this.find = find;
  }

  /** The names of a module; always the same scope, so that it gathers what was used. */
  scope(module: Module): Scope {
    let scope = this.scopes.get(module);
    if (!scope) {
      scope = new Scope(module);
      this.scopes.set(module, scope);
    }
    return scope;
  }

  /** Value of a constant; `undefined` if it needs one that is not known yet. */
  valueOf(place: ConstantPlace): ConstantValue | undefined {
    const run: Run = { steps: [], stack: [], open: new Set() };
    this.enter(place, place.constant.name.span, run);
    return this.finish(run);
  }

  /** Value of the constant that a path means in a module; `undefined` if it is not known yet. */
  lookUp(path: Path, span: SourceSpan, module: Module): ConstantValue | undefined {
    const run: Run = { steps: [], stack: [], open: new Set() };
    this.reference(path, span, this.scope(module), run);
    return this.finish(run);
  }

  private finish(run: Run): ConstantValue | undefined {
    const { steps, stack, open } = run;
    for (let step = steps.pop(); step; step = steps.pop()) {
      if (step.do === 'finish') {
        open.delete(step.constant);
        this.values.set(step.constant, stack.at(-1));
      } else if (step.do === 'apply') {
        const right = stack.pop();
        const left = stack.pop();
        stack.push(apply(step.expr, left, right));
      } else {
        this.evaluate(step.expr, step.scope, run);
      }
    }
    return stack[0];
  }

  private evaluate(expr: ConstantExpr, scope: Scope, run: Run): void {
    switch (expr.kind) {
      case 'value':
        run.stack.push(expr.value);
        break;
      case 'reference':
        this.reference(expr.path, expr.span, scope, run);
        break;
      case 'binary':
        run.steps.push(
          { do: 'apply', expr },
          { do: 'evaluate', expr: expr.right, scope },
          { do: 'evaluate', expr: expr.left, scope },
        );
    }
  }

  private reference(path: Path, span: SourceSpan, scope: Scope, run: Run): void {
    const resolved = scope.resolve(path, span);
    if (resolved.kind === 'external') {
      const found = this.find(resolved.path, span, scope.module);
      if (found && 'constant' in found) this.enter(found, span, run);
      else run.stack.push(found);
      return;
    }
    const { symbol, name } = resolved;
    if (symbol.kind !== 'constant') {
      throw wrongKind(`\`${name}\` is not a constant`, 'a constant', span, symbol.span);
    }
    this.enter({ module: scope.module, constant: symbol.constant }, span, run);
  }

  private enter({ constant, module }: ConstantPlace, span: SourceSpan, run: Run): void {
    if (this.values.has(constant)) {
      run.stack.push(this.values.get(constant));
      return;
    }
    if (run.open.has(constant)) {
      throw new AssemblyError('recursion', `the constant \`${constant.name.text}\` is defined by itself`, {
        span,
        related: [{ label: 'its definition', span: constant.span }],
      });
    }
    run.open.add(constant);
    run.steps.push(
      { do: 'finish', constant },
      { do: 'evaluate', expr: constant.expr, scope: this.scope(module) },
    );
  }
}

function apply(
  { left, right, operator, span }: Binary,
  a: ConstantValue | undefined,
  b: ConstantValue | undefined,
): ConstantValue | undefined {
  if (a && a.kind !== 'int') throw notAnInteger(operator, left.span);
  if (b && b.kind !== 'int') throw notAnInteger(operator, right.span);
  return a && b ? { kind: 'int', value: calculate(operator, a.value, b.value, span) } : undefined;
}

function calculate(operator: ConstantOperator, a: Felt, b: Felt, span: SourceSpan): Felt {
  if ((operator === '/' || operator === '//') && b === 0n) {
    throw new AssemblyError('division-by-zero', 'a constant is divided by zero', { span });
  }
  const result = exact(operator, a, b);
  if (result < 0n || result >= MODULUS) {
    throw new AssemblyError('value-out-of-range', 'the value of a constant leaves the field', {
      span,
      expected: 'a value from 0 to 2^64 - 2^32',
    });
  }
  return result;
}

function exact(operator: ConstantOperator, a: Felt, b: Felt): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return mul(a, inv(b));
    case '//':
      return a / b;
  }
}

const notAnInteger = (operator: ConstantOperator, span: SourceSpan): AssemblyError =>
  new AssemblyError('invalid-constant', `an operand of \`${operator}\` is not an integer`, {
    span,
    expected: 'an integer',
  });
