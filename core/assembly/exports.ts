import { MODULUS } from '../field/felt.ts';
import type { SourceSpan } from '../vm/mast/types.ts';
import type { Assembly } from './assembly.ts';
import { type Attribute, type AttributeValue, type ConstantValue, pathText } from './ast.ts';
import { AssemblyError } from './errors.ts';
import type { NodeRef } from './forest-builder.ts';
import type { LinkedItem, LinkedModule } from './linker/modules.ts';
import { isItem } from './linker/names.ts';
import { TypeTranslator } from './linker/types.ts';
import type { AttributeItem, PackageAttribute, PackageConstant, PackageExport } from './package/package.ts';

/** What a package offers: its exports by path, and the node of each exported procedure. */
export interface Exports {
  readonly exports: readonly PackageExport[];
  readonly nodes: ReadonlyMap<string, NodeRef>;
}

/** Compiles and collects all that `modules` make public: items of their own, then those they re-export. */
export function exportsOf(modules: readonly LinkedModule[], assembly: Assembly): Exports {
  const types = new TypeTranslator(assembly.linker);
  const exports = new Map<string, PackageExport>();
  const nodes = new Map<string, NodeRef>();
  const add = (module: LinkedModule, name: string, item: LinkedItem, span: SourceSpan): void => {
    const path = pathText({ absolute: true, segments: [...module.path.segments, name] });
    exports.set(path, exportItem(item, path, span, assembly, types, nodes));
  };
  for (const module of modules) {
    assembly.addAdvice(module.source!);
    for (const item of module.items.values()) {
      if (item.visibility === 'public') add(module, item.name, item, item.span!);
    }
    for (const [name, each] of module.imports) {
      if (each.visibility !== 'public') continue;
      const found = assembly.linker.names.import(module, each);
      if (isItem(found)) add(module, name, found, each.span);
    }
  }
  return { exports: [...exports.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), nodes };
}

function exportItem(
  item: LinkedItem,
  path: string,
  span: SourceSpan,
  assembly: Assembly,
  types: TypeTranslator,
  nodes: Map<string, NodeRef>,
): PackageExport {
  switch (item.kind) {
    case 'procedure': {
      const node = assembly.compile(item);
      nodes.set(path, node);
      const { signature, attributes } = item.procedure;
      return {
        kind: 'procedure',
        path,
        digest: assembly.builder.digest(node),
        ...(signature && { signature: types.signature(signature, item.module) }),
        attributes: attributes.map(attribute).sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    }
    case 'compiled': {
      const node = assembly.compile(item);
      assembly.builder.markRoot(node);
      nodes.set(path, node);
      const { digest, signature, attributes } = item.declared;
      return { kind: 'procedure', path, digest, ...(signature && { signature }), attributes };
    }
    case 'constant': {
      const value = assembly.linker.constants.valueOf({
        module: item.module.source!,
        constant: item.constant,
      });
      if (value === undefined) throw new RangeError(`${path} has no value`);
      return { kind: 'constant', path, value: constant(value) };
    }
    case 'value':
      return { kind: 'constant', path, value: constant(item.value) };
    case 'type':
    case 'compiled-type':
      return { kind: 'type', path, type: types.declaration(item, span) };
  }
}

const constant = (value: ConstantValue): PackageConstant =>
  value.kind === 'event' ? { kind: 'hash', of: 'event', text: value.name } : value;

function attribute({ name, values }: Attribute): PackageAttribute {
  if (values.length === 0) return { kind: 'marker', name: name.text };
  const keyed = values.flatMap(({ key, value }): [string, AttributeItem][] =>
    key === undefined ? [] : [[key, attributeItem(value, name.span)]],
  );
  if (keyed.length > 0) {
    return { kind: 'map', name: name.text, values: keyed.sort(([a], [b]) => (a < b ? -1 : 1)) };
  }
  return {
    kind: 'list',
    name: name.text,
    values: values.map(({ value }) => attributeItem(value, name.span)),
  };
}

function attributeItem(value: AttributeValue, span: SourceSpan): AttributeItem {
  if (value.kind !== 'int' || value.value < MODULUS) return value;
  throw new AssemblyError('invalid-attribute', `${value.value} is not a field element`, { span });
}
