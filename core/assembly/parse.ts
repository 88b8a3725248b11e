import type { SourceFile } from '../vm/mast/types.ts';
import type { Module, ParseOptions } from './ast.ts';
import { parseForms } from './parser/form.ts';
import { ModuleBuilder } from './sema/module-builder.ts';
import { resolveModule } from './sema/resolve.ts';

/**
 * Parses one source of Miden assembly 1.0.0-rc.0 and checks all that one source alone can show. Names that other
 * modules define stay as absolute paths. Throws an {@link AssemblyError} at the first mistake.
 */
export function parseModule(file: SourceFile, options: ParseOptions = {}): Module {
  const builder = new ModuleBuilder(file, options);
  for (const form of parseForms(file)) builder.add(form);
  return resolveModule(builder.finish());
}
