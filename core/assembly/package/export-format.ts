import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type {
  AttributeItem,
  PackageAttribute,
  PackageConstant,
  PackageExport,
  ProcedureExport,
} from './package.ts';
import { parsePath } from './path-text.ts';
import {
  optional,
  readFunctionType,
  readValueType,
  writeFunctionType,
  writeOptional,
  writeValueType,
} from './value-type.ts';

/** Bytes of what a package exports (miden-mast-package 1.0.0-rc.0; miden-assembly-syntax, src/ast/attribute). */

const MAX_TEXT_BYTES = 0xffff;
const EXPORTS = ['procedure', 'constant', 'type'] as const;
const CONSTANTS = ['int', 'string', 'word', 'hash'] as const;
const HASHES = ['word', 'event'] as const;
const ATTRIBUTES = ['marker', 'list', 'map'] as const;
const ITEMS = ['name', 'int', 'word', 'string'] as const;

/** Tags of exports, constants and hashes count from one. */
const FIRST_TAG = 1;
const MODULE_AND_NAME = 2;
/** How much of a bad path an error shows. */
const SHOWN = 40;
const ENCODER = new TextEncoder();

/** A path of at least `minimum` segments: two bytes of length and UTF-8. */
export function readPath(reader: ByteReader, minimum = 1): string {
  const path = reader.utf8(reader.u16());
  const segments = parsePath(path)?.segments.length ?? 0;
  if (segments < minimum) reader.fail(`"${path.slice(0, SHOWN)}" is not a path of ${minimum} or more names`);
  return path;
}
export function writePath(path: string, writer: ByteWriter): void {
  const bytes = ENCODER.encode(path);
  writer.u16(bytes.length).bytes(bytes);
}

export function readExport(reader: ByteReader): PackageExport {
  const kind = pick(reader, EXPORTS, FIRST_TAG, 'kind of export');
  const path = readPath(reader, MODULE_AND_NAME);
  switch (kind) {
    case 'procedure':
      return readProcedure(reader, path);
    case 'constant':
      return { kind, path, value: readConstant(reader) };
    case 'type':
      return { kind, path, type: readValueType(reader) };
  }
}

function readProcedure(reader: ByteReader, path: string): ProcedureExport {
  const node = optional(reader, () => reader.u32());
  const sourceNode = optional(reader, () => reader.u32());
  const digest = reader.word();
  const signature = optional(reader, () => readFunctionType(reader));
  const attributes = Array.from({ length: reader.count(2) }, () => readAttribute(reader));
  return {
    kind: 'procedure',
    path,
    ...(node !== undefined && { node }),
    ...(sourceNode !== undefined && { sourceNode }),
    digest,
    ...(signature !== undefined && { signature }),
    attributes,
  };
}

export function writeExport(each: PackageExport, writer: ByteWriter): void {
  writer.u8(EXPORTS.indexOf(each.kind) + FIRST_TAG);
  writePath(each.path, writer);
  switch (each.kind) {
    case 'procedure':
      writeOptional(writer, each.node, (node) => writer.u32(node));
      writeOptional(writer, each.sourceNode, (node) => writer.u32(node));
      writer.word(each.digest);
      writeOptional(writer, each.signature, (type) => writeFunctionType(type, writer));
      writer.vint(each.attributes.length);
      for (const attribute of each.attributes) writeAttribute(attribute, writer);
      return;
    case 'constant':
      writeConstant(each.value, writer);
      return;
    case 'type':
      writeValueType(each.type, writer);
      return;
  }
}

function readConstant(reader: ByteReader): PackageConstant {
  const kind = pick(reader, CONSTANTS, FIRST_TAG, 'kind of constant');
  switch (kind) {
    case 'int':
      return { kind, value: reader.felt() };
    case 'string':
      return { kind, value: reader.string(MAX_TEXT_BYTES) };
    case 'word':
      return { kind, value: reader.word() };
    case 'hash': {
      const of = pick(reader, HASHES, 0, 'kind of hash');
      return { kind, of, text: reader.string(MAX_TEXT_BYTES) };
    }
  }
}

function writeConstant(constant: PackageConstant, writer: ByteWriter): void {
  writer.u8(CONSTANTS.indexOf(constant.kind) + FIRST_TAG);
  switch (constant.kind) {
    case 'int':
      writer.felt(constant.value);
      return;
    case 'string':
      writer.string(constant.value);
      return;
    case 'word':
      writer.word(constant.value);
      return;
    case 'hash':
      writer.u8(HASHES.indexOf(constant.of)).string(constant.text);
  }
}

function readAttribute(reader: ByteReader): PackageAttribute {
  const kind = pick(reader, ATTRIBUTES, 0, 'kind of attribute');
  const name = reader.string(MAX_TEXT_BYTES);
  switch (kind) {
    case 'marker':
      return { kind, name };
    case 'list':
      return { kind, name, values: Array.from({ length: reader.count(2) }, () => readItem(reader)) };
    case 'map': {
      const entry = (): [string, AttributeItem] => [reader.string(MAX_TEXT_BYTES), readItem(reader)];
      return { kind, name, values: Array.from({ length: reader.count(3) }, entry) };
    }
  }
}

function writeAttribute(attribute: PackageAttribute, writer: ByteWriter): void {
  writer.u8(ATTRIBUTES.indexOf(attribute.kind)).string(attribute.name);
  if (attribute.kind === 'marker') return;
  writer.vint(attribute.values.length);
  if (attribute.kind === 'list') {
    for (const item of attribute.values) writeItem(item, writer);
  } else {
    for (const [key, item] of attribute.values) writeItem(item, writer.string(key));
  }
}

function readItem(reader: ByteReader): AttributeItem {
  const kind = pick(reader, ITEMS, 0, 'kind of attribute value');
  switch (kind) {
    case 'name':
    case 'string':
      return { kind, value: reader.string(MAX_TEXT_BYTES) };
    case 'int':
      return { kind, value: reader.felt() };
    case 'word':
      return { kind, value: reader.word() };
  }
}

function writeItem(item: AttributeItem, writer: ByteWriter): void {
  writer.u8(ITEMS.indexOf(item.kind));
  switch (item.kind) {
    case 'int':
      writer.felt(item.value);
      return;
    case 'word':
      writer.word(item.value);
      return;
    default:
      writer.string(item.value);
  }
}

function pick<T>(reader: ByteReader, values: readonly T[], first: number, what: string): T {
  const tag = reader.u8();
  return values[tag - first] ?? reader.fail(`${tag} is not a ${what}`);
}
