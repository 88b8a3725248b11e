import type { AssemblyWarning, Constant, Module } from '../ast.ts';
import { ConstantEvaluator } from './constants.ts';
import { resolveInvocations } from './invocations.ts';
import { resolveOperands } from './operands.ts';
import type { Scope } from './scope.ts';
import { checkTypes } from './types.ts';

/** Looks up every name of a module and checks all that can be checked without knowing other modules. */
export function resolveModule(module: Module): Module {
  const evaluator = new ConstantEvaluator(() => undefined);
  const scope = evaluator.scope(module);
  checkTypes(module, evaluator);
  const resolved = resolveConstants(module, evaluator);
  const procedures = resolved.procedures.map((procedure) => resolveInvocations(procedure, scope));
  return { ...resolved, procedures, warnings: [...module.warnings, ...unused(module, scope)] };
}

/**
 * Puts values in the place of constants' names in all operands, and checks the operands. The linker calls it with an
 * evaluator that finds the constants of other modules; then no reference to a constant is left.
 */
export function resolveConstants(module: Module, evaluator: ConstantEvaluator): Module {
  const constants = module.constants.map((constant): Constant => {
    const value = evaluator.valueOf({ module, constant });
    return value ? { ...constant, value } : constant;
  });
  const procedures = module.procedures.map((procedure) => resolveOperands(procedure, module, evaluator));
  return { ...module, constants, procedures };
}

function unused({ imports, constants, types, adviceMap }: Module, scope: Scope): AssemblyWarning[] {
  const warnings: AssemblyWarning[] = [];
  for (const { localName, visibility } of imports) {
    if (visibility !== 'private' || scope.used.has(localName.text)) continue;
    const message = `the import \`${localName.text}\` is never used`;
    warnings.push({ kind: 'unused-import', message, span: localName.span });
  }
  // Variants and advice map entries are constants too, but are there for another reason.
  const others = new Set(adviceMap.map(({ name }) => name.text));
  for (const type of types) {
    if (type.kind === 'enum') for (const { text } of type.variants) others.add(text);
  }
  for (const { name, visibility } of constants) {
    if (visibility !== 'private' || scope.used.has(name.text) || others.has(name.text)) continue;
    const message = `the constant \`${name.text}\` is never used`;
    warnings.push({ kind: 'unused-constant', message, span: name.span });
  }
  return warnings;
}
