import { MODULUS } from '../../field/felt.ts';
import type { EnumDeclaration, Module, PrimitiveType, TypeExpr } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import type { ConstantEvaluator } from './constants.ts';
import { type Scope, wrongKind } from './scope.ts';

/** Largest value of a variant in each type that may represent an enum. */
const MAX_VARIANT: ReadonlyMap<PrimitiveType, bigint> = new Map([
  ['i1', 1n],
  ['i8', 0xffn],
  ['u8', 0xffn],
  ['i16', 0xffffn],
  ['u16', 0xffffn],
  ['i32', 0xffff_ffffn],
  ['u32', 0xffff_ffffn],
  ['i64', MODULUS - 1n],
  ['u64', MODULUS - 1n],
  ['felt', MODULUS - 1n],
]);

/** Checks that every local type that is named exists, that what is exported names no private one, and enums. */
export function checkTypes(module: Module, evaluator: ConstantEvaluator): void {
  const scope = evaluator.scope(module);
  for (const { signature, visibility } of module.procedures) {
    if (!signature) continue;
    const exported = visibility !== 'private';
    for (const { type } of signature.parameters) checkType(type, scope, exported);
    for (const type of signature.results) checkType(type, scope, exported);
  }
  for (const declaration of module.types) {
    if (declaration.kind === 'enum') checkEnum(declaration, scope, evaluator);
    else checkType(declaration.type, scope, declaration.visibility !== 'private');
  }
}

function checkType(type: TypeExpr, scope: Scope, exported: boolean): void {
  switch (type.kind) {
    case 'pointer':
      checkType(type.pointee, scope, exported);
      break;
    case 'array':
      checkType(type.element, scope, exported);
      break;
    case 'struct':
      for (const field of type.fields) checkType(field.type, scope, exported);
      break;
    case 'reference':
      checkReference(type, scope, exported);
  }
}

type Reference = Extract<TypeExpr, { kind: 'reference' }>;

function checkReference({ path, span }: Reference, scope: Scope, exported: boolean): void {
  const resolved = scope.resolve(path, span);
  if (resolved.kind === 'external') return;
  const { name, symbol } = resolved;
  if (symbol.kind !== 'type') throw wrongKind(`\`${name}\` is not a type`, 'a type', span, symbol.span);
  if (!exported) return;
  // A public import of a private type publishes it under the import's name.
  const alias = scope.declared(path.segments[0]);
  if (symbol.type.visibility !== 'private') return;
  if (alias?.kind === 'import' && alias.import.visibility !== 'private') return;
  throw new AssemblyError('not-visible', `what is exported names the private type \`${name}\``, {
    span,
    expected: 'a public type',
    related: [{ label: 'it is defined here', span: symbol.span }],
  });
}

function checkEnum(declaration: EnumDeclaration, scope: Scope, evaluator: ConstantEvaluator): void {
  const { module } = scope;
  const max = MAX_VARIANT.get(declaration.representation);
  const seen = new Map<bigint, string>();
  for (const { text, span } of declaration.variants) {
    const symbol = scope.declared(text);
    const value =
      symbol?.kind === 'constant' ? evaluator.valueOf({ module, constant: symbol.constant }) : undefined;
    if (value?.kind !== 'int' || max === undefined || value.value > max) {
      const message = `the value of \`${text}\` does not fit \`${declaration.representation}\``;
      const expected =
        max === undefined ? 'an enum of at most 64 bits' : `an integer of this module, at most ${max}`;
      throw new AssemblyError('invalid-type', message, { span, expected });
    }
    const other = seen.get(value.value);
    if (other !== undefined) {
      throw new AssemblyError('invalid-type', `\`${other}\` and \`${text}\` have the same value`, { span });
    }
    seen.set(value.value, text);
  }
}
