import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import { KilnError } from '../../errors.ts';
import { MODULUS } from '../../field/felt.ts';
import { blockNode } from '../../vm/mast/nodes.ts';
import { operation } from '../../vm/mast/operation.ts';
import { Op } from '../../vm/opcodes.ts';
import { readExport, writeExport } from './export-format.ts';
import { MAX_PACKAGE_BYTES, readPackage, writePackage } from './format.ts';
import type { Package, PackageExport } from './package.ts';
import type { ValueType } from './value-type.ts';

/** Packages written by the official assembler. */
const OFFICIAL = new URL('../../../test/vectors/mast/', import.meta.url);
const official = readdirSync(OFFICIAL)
  .filter((name) => name.endsWith('.masp'))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, OFFICIAL))) }));

test('official packages read and write back byte for byte', () => {
  assert.ok(official.length >= 3);
  for (const { name, bytes } of official) assert.deepEqual(writePackage(readPackage(bytes)), bytes, name);
});

test('an executable holds its kernel', () => {
  const program = readPackage(official.find(({ name }) => name === 'syscalls.masp')!.bytes);
  assert.equal(program.kind, 'executable');
  assert.equal(program.manifest.entrypoint, '::$exec::$main');
  const kernel = readPackage(program.sections.find(({ id }) => id === 'kernel')!.data);
  assert.equal(kernel.kind, 'kernel');
  assert.deepEqual(
    kernel.manifest.exports.map(({ path }) => path),
    ['::$kernel::double', '::$kernel::tally', '::$kernel::who'],
  );
});

const block = blockNode([operation(Op.ADD)]);
const procedure = {
  kind: 'procedure',
  path: '::a::f',
  node: 0,
  digest: block.digest,
  attributes: [],
} as const;
const small: Package = {
  name: 'a',
  version: '1.2.3',
  description: 'two words',
  kind: 'library',
  forest: { nodes: [block], roots: [0], adviceMap: [], errorMessages: new Map() },
  manifest: {
    exports: [procedure],
    modules: [{ path: '::a', submodules: ['b'] }],
    dependencies: [{ name: 'c', kind: 'kernel', version: '0.1.0-rc.1', digest: [1n, 2n, 3n, 4n] }],
  },
  sections: [{ id: 'own', data: Uint8Array.of(1, 2, 3) }],
};

const refuses = (pack: Package, pattern: RegExp) =>
  assert.throws(
    () => readPackage(writePackage(pack)),
    (error) => error instanceof FormatError && pattern.test(error.message),
  );
const withManifest = (manifest: Partial<Package['manifest']>): Package => ({
  ...small,
  manifest: { ...small.manifest, ...manifest },
});

test('a package reads back as it was written', () => {
  assert.deepEqual(readPackage(writePackage(small)), small);
});

test('a reader refuses what contradicts itself', () => {
  refuses({ ...small, version: 'one' }, /not a version/);
  refuses({ ...small, sections: [{ id: '0wn', data: new Uint8Array() }] }, /invalid id/);
  refuses(withManifest({ exports: [] }), /exports no procedure/);
  refuses(withManifest({ exports: [procedure, procedure] }), /exported twice/);
  refuses(withManifest({ exports: [{ ...procedure, path: '' }] }), /is not a path/);
  refuses(withManifest({ exports: [{ ...procedure, node: 1 }] }), /no such procedure/);
  refuses(withManifest({ exports: [{ ...procedure, digest: [0n, 0n, 0n, 0n] }] }), /no such procedure/);
  refuses({ ...small, forest: { ...small.forest, roots: [] } }, /no such procedure/);
  refuses(
    withManifest({ modules: [...small.manifest.modules, ...small.manifest.modules] }),
    /a module twice/,
  );
  refuses(withManifest({ modules: [{ path: '::a', submodules: ['b', 'b'] }] }), /a submodule twice/);
  const { dependencies } = small.manifest;
  refuses(withManifest({ dependencies: [...dependencies, ...dependencies] }), /a dependency twice/);
  refuses(withManifest({ entrypoint: '::a::g' }), /does not export its entry point/);
  refuses(withManifest({ exports: [{ ...procedure, path: '::a::$main' }] }), /not the one it exports/);
});

test('a reader refuses other formats, versions and sizes', () => {
  const bytes = writePackage(small);
  const patch = (at: number, value: number) => {
    const copy = bytes.slice();
    copy[at] = value;
    return () => readPackage(copy);
  };
  assert.throws(patch(0, 0x6d), /MASP/);
  assert.throws(patch(5, 9), /version is 9.0.0/);
  assert.throws(patch(bytes.indexOf(0x01, 30), 0xff), KilnError);
  assert.throws(() => readPackage(bytes.subarray(0, bytes.length - 1)), FormatError);
  assert.throws(() => readPackage(Uint8Array.from([...bytes, 0])), /too many/);
  assert.throws(() => readPackage(new Uint8Array(MAX_PACKAGE_BYTES + 1)), /are read/);
});

const felt = fc.bigInt(0n, MODULUS - 1n);
const word = fc.tuple(felt, felt, felt, felt);
const text = fc.string({ maxLength: 8 });
const name = fc.option(text, { nil: undefined });
const primitive = fc.constantFrom('felt' as const, 'u32' as const, 'i1' as const, 'u128' as const);
const { type } = fc.letrec<{ type: ValueType; struct: ValueType; enum: ValueType }>((tie) => ({
  struct: fc
    .tuple(name, fc.array(fc.tuple(name, tie('type')), { maxLength: 3 }), fc.constantFrom(1, 4))
    .map(([name, fields, alignment]) => ({
      kind: 'struct' as const,
      ...(name !== undefined && { name }),
      representation:
        alignment === 1 ? ({ kind: 'default' } as const) : ({ kind: 'align', alignment } as const),
      fields: fields.map(([name, type]) => (name === undefined ? { type } : { name, type })),
    })),
  enum: fc
    .tuple(
      text,
      primitive,
      fc.array(fc.tuple(text, fc.option(tie('type'), { nil: undefined })), { maxLength: 3 }),
    )
    .map(([name, discriminant, variants]) => ({
      kind: 'enum' as const,
      name,
      discriminant,
      variants: variants.map(([name, payload], i) => ({
        name,
        ...(payload !== undefined && { payload }),
        ...(i > 0 && { discriminant: BigInt(i) }),
      })),
    })),
  type: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    primitive.map((name) => ({ kind: 'primitive' as const, name })),
    tie('type').map((pointee) => ({ kind: 'pointer' as const, addressSpace: 'felt' as const, pointee })),
    fc
      .tuple(fc.nat(100), tie('type'))
      .map(([length, element]) => ({ kind: 'array' as const, length, element })),
    tie('type').map((element) => ({ kind: 'list' as const, element })),
    fc.array(tie('type'), { maxLength: 2 }).map((parameters) => ({
      kind: 'function' as const,
      convention: { extern: 'x' },
      parameters: [...parameters, { kind: 'variadic' as const }],
      results: parameters,
    })),
    tie('struct'),
    tie('enum'),
  ),
}));
const item = fc.oneof(
  text.map((value) => ({ kind: 'name' as const, value })),
  text.map((value) => ({ kind: 'string' as const, value })),
  felt.map((value) => ({ kind: 'int' as const, value })),
  word.map((value) => ({ kind: 'word' as const, value })),
);
const attribute = fc.oneof(
  text.map((name) => ({ kind: 'marker' as const, name })),
  fc.tuple(text, fc.array(item)).map(([name, values]) => ({ kind: 'list' as const, name, values })),
  fc
    .tuple(text, fc.array(fc.tuple(text, item)))
    .map(([name, values]) => ({ kind: 'map' as const, name, values })),
);
const constant = fc.oneof(
  felt.map((value) => ({ kind: 'int' as const, value })),
  text.map((value) => ({ kind: 'string' as const, value })),
  word.map((value) => ({ kind: 'word' as const, value })),
  fc
    .tuple(fc.constantFrom('word' as const, 'event' as const), text)
    .map(([of, text]) => ({ kind: 'hash' as const, of, text })),
);
const path = fc.constantFrom('::a::b', '::b::"c d"');
const anyExport: fc.Arbitrary<PackageExport> = fc.oneof(
  fc.tuple(path, type).map(([path, type]) => ({ kind: 'type' as const, path, type })),
  fc.tuple(path, constant).map(([path, value]) => ({ kind: 'constant' as const, path, value })),
  fc
    .tuple(path, word, fc.array(attribute), fc.array(type, { maxLength: 3 }))
    .map(([path, digest, attributes, parameters]) => ({
      kind: 'procedure' as const,
      path,
      sourceNode: 7,
      digest,
      signature: { convention: 'fast' as const, parameters, results: [] },
      attributes,
    })),
);

test('every kind of export reads back as it was written', () => {
  fc.assert(
    fc.property(anyExport, (each) => {
      const writer = new ByteWriter();
      writeExport(each, writer);
      const reader = new ByteReader(writer.finish(), 'export');
      assert.deepEqual(readExport(reader), each);
      reader.end();
    }),
    { numRuns: 300 },
  );
});

test('groups of recursive types read back; references out of a group are refused', () => {
  const node: ValueType = {
    kind: 'recursive',
    index: 0,
    group: [
      {
        kind: 'struct',
        representation: { kind: 'transparent' },
        fields: [
          { type: { kind: 'pointer', addressSpace: 'byte', pointee: { kind: 'back-reference', index: 0 } } },
        ],
      },
    ],
  };
  const bytes = (type: ValueType) => {
    const writer = new ByteWriter();
    writeExport({ kind: 'type', path: '::a::t', type }, writer);
    return new ByteReader(writer.finish(), 'export');
  };
  assert.deepEqual(readExport(bytes(node)), { kind: 'type', path: '::a::t', type: node });
  assert.throws(() => readExport(bytes({ kind: 'back-reference', index: 0 })), FormatError);
  assert.throws(() => readExport(bytes({ ...node, index: 1 })), FormatError);
  let deep: ValueType = node;
  for (let i = 0; i < 300; i++) deep = { kind: 'list', element: deep };
  assert.throws(() => readExport(bytes(deep)), /nests too deeply/);
});

test('hostile bytes: a typed error, or a package that writes back the same', () => {
  const change = fc.record({ at: fc.nat(1 << 16), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...official.map(({ bytes }) => bytes), writePackage(small)),
      fc.array(change, { maxLength: 4 }),
      fc.nat(1 << 16),
      (bytes, changes, cut) => {
        const hostile = bytes.slice(0, cut > bytes.length ? undefined : cut);
        for (const { at, value } of changes) if (hostile.length > 0) hostile[at % hostile.length] = value;
        try {
          assert.deepEqual(writePackage(readPackage(hostile)), hostile);
        } catch (error) {
          assert.ok(error instanceof KilnError, String(error));
        }
      },
    ),
    { numRuns: 5000 },
  );
});
