import type { ByteReader, ByteWriter } from '../../bytes.ts';

/**
 * Types of procedure signatures as packages hold them (midenc-hir-type 1.0.0-rc.0, src/serialization.rs). Nothing is
 * laid out here: types are carried from the package that declares them to whoever asks.
 */
export type ValueType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveType }
  | { readonly kind: 'pointer'; readonly addressSpace: 'byte' | 'felt'; readonly pointee: ValueType }
  | ({ readonly kind: 'struct' } & StructType)
  | { readonly kind: 'array'; readonly length: number; readonly element: ValueType }
  | { readonly kind: 'list'; readonly element: ValueType }
  | ({ readonly kind: 'function' } & FunctionType)
  | ({ readonly kind: 'enum' } & EnumType)
  | { readonly kind: 'variadic' }
  /** One definition of a group of structs and enums that refer to each other. */
  | { readonly kind: 'recursive'; readonly group: readonly Definition[]; readonly index: number }
  /** Inside a group: one of its definitions. */
  | { readonly kind: 'back-reference'; readonly index: number };

export interface FunctionType {
  readonly convention: CallingConvention;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

type CallingConvention = (typeof CONVENTIONS)[number] | { readonly extern: string };

interface StructType {
  readonly name?: string;
  readonly representation: Representation;
  readonly fields: readonly { readonly name?: string; readonly type: ValueType }[];
}

type Representation =
  | { readonly kind: 'default' | 'transparent' }
  /** A power of two, in bytes. */
  | { readonly kind: 'align' | 'packed'; readonly alignment: number };

export interface EnumType {
  readonly name: string;
  readonly discriminant: PrimitiveType;
  readonly variants: readonly {
    readonly name: string;
    readonly payload?: ValueType;
    readonly discriminant?: bigint;
  }[];
}

type Definition = ({ readonly kind: 'struct' } & StructType) | ({ readonly kind: 'enum' } & EnumType);

const PRIMITIVES = [
  ...['unknown', 'never', 'i1', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'i128', 'u128'],
  ...['u256', 'f64', 'felt'],
] as const;
type PrimitiveType = (typeof PRIMITIVES)[number];

const CONVENTIONS = ['fast', 'c', 'wasm', 'component-model'] as const;
const EXTERN_CONVENTION = 4;
const REPRESENTATIONS = ['default', 'align', 'packed', 'transparent'] as const;
const DEFINITION_KINDS = ['struct', 'enum'] as const;

const Tag = {
  POINTER: 16,
  STRUCT: 17,
  ARRAY: 18,
  LIST: 19,
  FUNCTION: 20,
  ENUM: 21,
  VARIADIC: 22,
  RECURSIVE: 23,
  BACK_REFERENCE: 24,
} as const;

/** Bytes a discriminant of each type takes. */
const DISCRIMINANT_BYTES: Readonly<Partial<Record<PrimitiveType, number>>> = {
  i1: 1,
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  felt: 4,
  i64: 8,
  u64: 8,
  i128: 16,
  u128: 16,
};

/** How deep types may nest, as in the official reader. */
const MAX_NESTING = 256;
const MAX_NAME_BYTES = 0xffff;

/** Where in a type the reader is: how deep, and in a recursive group of which size. */
interface Scope {
  readonly depth: number;
  readonly groupSize: number;
}
const TOP: Scope = { depth: 0, groupSize: 0 };

export const readValueType = (reader: ByteReader): ValueType => readType(reader, TOP);
export const readFunctionType = (reader: ByteReader): FunctionType => readFunction(reader, TOP);

function readType(reader: ByteReader, outer: Scope): ValueType {
  const scope = { ...outer, depth: outer.depth + 1 };
  if (scope.depth > MAX_NESTING) reader.fail('a type nests too deeply');
  const tag = reader.u8();
  const primitive: PrimitiveType | undefined = PRIMITIVES[tag];
  if (primitive !== undefined) return { kind: 'primitive', name: primitive };
  switch (tag) {
    case Tag.POINTER: {
      const addressSpace = reader.bool() ? 'felt' : 'byte';
      return { kind: 'pointer', addressSpace, pointee: readType(reader, scope) };
    }
    case Tag.STRUCT:
      return { kind: 'struct', ...readStruct(reader, scope) };
    case Tag.ARRAY: {
      const length = reader.vint();
      if (length > 0xffff_ffffn) reader.fail('an array type is too long');
      return { kind: 'array', length: Number(length), element: readType(reader, scope) };
    }
    case Tag.LIST:
      return { kind: 'list', element: readType(reader, scope) };
    case Tag.FUNCTION:
      return { kind: 'function', ...readFunction(reader, scope) };
    case Tag.ENUM:
      return { kind: 'enum', ...readEnum(reader, scope) };
    case Tag.RECURSIVE: {
      if (scope.groupSize > 0) reader.fail('a recursive type stands in another');
      return readGroup(reader, scope);
    }
    case Tag.BACK_REFERENCE: {
      const index = reader.u16();
      if (index >= scope.groupSize) reader.fail('a type refers to a definition that does not exist');
      return { kind: 'back-reference', index };
    }
    default:
      return reader.fail(`${tag} is not a type`);
  }
}

function readGroup(reader: ByteReader, scope: Scope): ValueType {
  const groupSize = reader.u16();
  if (groupSize === 0 || groupSize > reader.remaining)
    reader.fail('a group of recursive types is empty or cut off');
  const inner = { ...scope, groupSize };
  const kinds = Array.from({ length: groupSize }, () => pick(reader, DEFINITION_KINDS, 'kind of definition'));
  const group = kinds.map(
    (kind): Definition =>
      kind === 'struct' ? { kind, ...readStruct(reader, inner) } : { kind, ...readEnum(reader, inner) },
  );
  const index = reader.u16();
  if (index >= groupSize) reader.fail('a recursive type has no such definition');
  return { kind: 'recursive', group, index };
}

function readStruct(reader: ByteReader, scope: Scope): StructType {
  const name = optional(reader, () => reader.string(MAX_NAME_BYTES));
  const representation = readRepresentation(reader);
  const fields = Array.from({ length: reader.u8() }, () => {
    const field = optional(reader, () => reader.string(MAX_NAME_BYTES));
    const type = readType(reader, scope);
    return field === undefined ? { type } : { name: field, type };
  });
  return { ...(name !== undefined && { name }), representation, fields };
}

function readRepresentation(reader: ByteReader): Representation {
  const kind = pick(reader, REPRESENTATIONS, 'representation');
  if (kind === 'default' || kind === 'transparent') return { kind };
  const alignment = reader.u16();
  if (alignment === 0 || (alignment & (alignment - 1)) !== 0)
    reader.fail('an alignment is not a power of two');
  return { kind, alignment };
}

function readEnum(reader: ByteReader, scope: Scope): EnumType {
  const name = reader.string(MAX_NAME_BYTES);
  const discriminant: PrimitiveType | undefined = PRIMITIVES[reader.u8()];
  const width = discriminant && DISCRIMINANT_BYTES[discriminant];
  if (discriminant === undefined || width === undefined)
    return reader.fail('a discriminant is not an integer');
  const variants = Array.from({ length: reader.count(3) }, () => {
    const variant = reader.string(MAX_NAME_BYTES);
    const payload = optional(reader, () => readType(reader, scope));
    const value = optional(reader, () => littleEndian(reader.bytes(width)));
    return {
      name: variant,
      ...(payload !== undefined && { payload }),
      ...(value !== undefined && { discriminant: value }),
    };
  });
  return { name, discriminant, variants };
}

function readFunction(reader: ByteReader, scope: Scope): FunctionType {
  const tag = reader.u8();
  const convention = tag === EXTERN_CONVENTION ? { extern: reader.string(MAX_NAME_BYTES) } : CONVENTIONS[tag];
  if (convention === undefined) return reader.fail(`${tag} is not a calling convention`);
  return {
    convention,
    parameters: readSignatureTypes(reader, scope),
    results: readSignatureTypes(reader, scope),
  };
}

/** Types of parameters or results, of which the last may stand for any number. */
function readSignatureTypes(reader: ByteReader, scope: Scope): ValueType[] {
  const count = reader.count(1);
  return Array.from({ length: count }, (_, i) => {
    if (i + 1 < count || reader.peek() !== Tag.VARIADIC) return readType(reader, scope);
    reader.u8();
    return { kind: 'variadic' };
  });
}

export function writeFunctionType(type: FunctionType, writer: ByteWriter): void {
  if (typeof type.convention === 'string') writer.u8(CONVENTIONS.indexOf(type.convention));
  else writer.u8(EXTERN_CONVENTION).string(type.convention.extern);
  for (const types of [type.parameters, type.results]) {
    writer.vint(types.length);
    for (const each of types) writeValueType(each, writer);
  }
}

export function writeValueType(type: ValueType, writer: ByteWriter): void {
  switch (type.kind) {
    case 'primitive':
      writer.u8(PRIMITIVES.indexOf(type.name));
      return;
    case 'pointer':
      writer.u8(Tag.POINTER).bool(type.addressSpace === 'felt');
      writeValueType(type.pointee, writer);
      return;
    case 'struct':
      writer.u8(Tag.STRUCT);
      writeStruct(type, writer);
      return;
    case 'array':
      writer.u8(Tag.ARRAY).vint(type.length);
      writeValueType(type.element, writer);
      return;
    case 'list':
      writer.u8(Tag.LIST);
      writeValueType(type.element, writer);
      return;
    case 'function':
      writer.u8(Tag.FUNCTION);
      writeFunctionType(type, writer);
      return;
    case 'enum':
      writer.u8(Tag.ENUM);
      writeEnum(type, writer);
      return;
    case 'variadic':
      writer.u8(Tag.VARIADIC);
      return;
    case 'recursive':
      writer.u8(Tag.RECURSIVE).u16(type.group.length);
      for (const { kind } of type.group) writer.u8(DEFINITION_KINDS.indexOf(kind));
      for (const definition of type.group) {
        if (definition.kind === 'struct') writeStruct(definition, writer);
        else writeEnum(definition, writer);
      }
      writer.u16(type.index);
      return;
    case 'back-reference':
      writer.u8(Tag.BACK_REFERENCE).u16(type.index);
  }
}

function writeStruct(type: StructType, writer: ByteWriter): void {
  writeOptional(writer, type.name, (name) => writer.string(name));
  writer.u8(REPRESENTATIONS.indexOf(type.representation.kind));
  if ('alignment' in type.representation) writer.u16(type.representation.alignment);
  writer.u8(type.fields.length);
  for (const field of type.fields) {
    writeOptional(writer, field.name, (name) => writer.string(name));
    writeValueType(field.type, writer);
  }
}

function writeEnum(type: EnumType, writer: ByteWriter): void {
  writer.string(type.name).u8(PRIMITIVES.indexOf(type.discriminant)).vint(type.variants.length);
  const width = DISCRIMINANT_BYTES[type.discriminant] ?? 0;
  for (const { name, payload, discriminant } of type.variants) {
    writer.string(name);
    writeOptional(writer, payload, (value) => writeValueType(value, writer));
    writeOptional(writer, discriminant, (value) => {
      for (let i = 0; i < width; i++) writer.u8(Number((value >> BigInt(8 * i)) & 0xffn));
    });
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function pick<T>(reader: ByteReader, values: readonly T[], what: string): T {
  const tag = reader.u8();
  return values[tag] ?? reader.fail(`${tag} is not a ${what}`);
}

/** A value behind a flag that says whether it is there. */
export const optional = <T>(reader: ByteReader, read: () => T): T | undefined =>
  reader.bool() ? read() : undefined;

export function writeOptional<T>(writer: ByteWriter, value: T | undefined, write: (value: T) => void): void {
  writer.bool(value !== undefined);
  if (value !== undefined) write(value);
}
