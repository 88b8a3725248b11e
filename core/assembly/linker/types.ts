import type { SourceSpan } from '../../vm/mast/types.ts';
import {
  type EnumDeclaration,
  type Path,
  type PrimitiveType,
  pathText,
  type Signature,
  type TypeExpr,
} from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import type { EnumType, FunctionType, ValueType } from '../package/value-type.ts';
import type { Linker } from './linker.ts';
import { itemPath, type LinkedItem, type LinkedModule } from './modules.ts';
import { isItem, wrongKind } from './names.ts';

type LinkedType = Extract<LinkedItem, { kind: 'type' | 'compiled-type' }>;

const WORD: ValueType = { kind: 'array', length: 4, element: { kind: 'primitive', name: 'felt' } };

/** Turns the types of signatures and declarations into those of packages: every name replaced by what it means. */
export class TypeTranslator {
  readonly #linker: Linker;
  /** Declarations being expanded, to notice those that contain themselves. */
  readonly #open = new Set<LinkedItem>();

  constructor(linker: Linker) {
    this.#linker = linker;
  }

  signature(signature: Signature, module: LinkedModule): FunctionType {
    return {
      convention: signature.callingConvention,
      parameters: signature.parameters.map(({ type }) => this.type(type, module)),
      results: signature.results.map((type) => this.type(type, module)),
    };
  }

  /** @param module where the type is written */
  type(type: TypeExpr, module: LinkedModule): ValueType {
    switch (type.kind) {
      case 'primitive':
        return primitive(type.name);
      case 'variadic':
        return { kind: 'variadic' };
      case 'reference':
        return this.declaration(this.#find(type.path, type.span, module), type.span);
      case 'pointer':
        return { kind: 'pointer', addressSpace: type.addressSpace, pointee: this.type(type.pointee, module) };
      case 'array':
        return { kind: 'array', length: type.length, element: this.type(type.element, module) };
      case 'struct':
        return this.#struct(type, module);
    }
  }

  /** The type that a declaration names. @param span where it is used */
  declaration(item: LinkedType, span: SourceSpan): ValueType {
    if (item.kind === 'compiled-type') return item.type;
    if (this.#open.has(item)) {
      throw new AssemblyError('invalid-type', `the type ${pathText(itemPath(item))} contains itself`, {
        span,
        expected: 'a type of finite structure',
      });
    }
    this.#open.add(item);
    const { declaration, module } = item;
    const type =
      declaration.kind === 'enum'
        ? { kind: 'enum' as const, ...this.#enum(declaration, module) }
        : declaration.type.kind === 'struct'
          ? this.#struct(declaration.type, module, declaration.name.text)
          : this.type(declaration.type, module);
    this.#open.delete(item);
    return type;
  }

  #struct(
    { representation, fields }: Extract<TypeExpr, { kind: 'struct' }>,
    module: LinkedModule,
    name?: string,
  ) {
    return {
      kind: 'struct' as const,
      ...(name !== undefined && { name }),
      representation,
      fields: fields.map((field) => ({ name: field.name.text, type: this.type(field.type, module) })),
    };
  }

  #enum({ name, representation, variants }: EnumDeclaration, module: LinkedModule): EnumType {
    const source = module.source!;
    return {
      name: name.text,
      discriminant: representation as EnumType['discriminant'],
      variants: variants.map((variant) => {
        const constant = source.constants.find((each) => each.name.text === variant.text)!;
        const value = this.#linker.constants.valueOf({ module: source, constant });
        return { name: variant.text, ...(value?.kind === 'int' && { discriminant: value.value }) };
      }),
    };
  }

  #find(path: Path, span: SourceSpan, module: LinkedModule): LinkedType {
    const resolved = this.#linker.constants.scope(module.source!).resolve(path, span);
    const absolute: Path =
      resolved.kind === 'external'
        ? resolved.path
        : { absolute: true, segments: [...module.path.segments, resolved.name] };
    const found = this.#linker.names.resolve(module, absolute, span);
    if (isItem(found) && (found.kind === 'type' || found.kind === 'compiled-type')) return found;
    throw wrongKind(found, 'a type', span);
  }
}

const primitive = (name: PrimitiveType): ValueType => (name === 'word' ? WORD : { kind: 'primitive', name });
