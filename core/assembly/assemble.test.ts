import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textCode } from '../hash/text.ts';
import { type Word, wordKey } from '../hash/word.ts';
import { rawOperations } from '../vm/mast/batch.ts';
import { readForest, writeForest } from '../vm/mast/format.ts';
import { callDigest } from '../vm/mast/nodes.ts';
import type { BlockNode, MastNode, Program, SourceFile } from '../vm/mast/types.ts';
import { OP_NAMES } from '../vm/opcodes.ts';
import {
  type AssemblyOptions,
  assemble,
  assembleExecutable,
  assembleKernel,
  assembleLibrary,
  type ModuleSource,
} from './assemble.ts';
import type { AssemblyWarning } from './ast.ts';
import { AssemblyError, type AssemblyErrorKind } from './errors.ts';
import { readPackage, writePackage } from './package/format.ts';
import type { Package } from './package/package.ts';
import { programOf } from './program.ts';

/** A source, its lines separated by `;` where one line of test is enough. */
const file = (text: string, name = 'test.masm'): SourceFile => ({ name, text: text.replaceAll('; ', '\n') });
const at = (path: string, text: string): ModuleSource => ({ path, file: file(text, `${path}.masm`) });
const program = (text: string, options: AssemblyOptions & { kernel?: SourceFile | Package } = {}): Program =>
  assemble({ program: file(text), ...options });
const entryOf = ({ forest, entry }: Program): MastNode => forest.nodes[entry];
const names = (node: MastNode): (string | undefined)[] =>
  rawOperations((node as BlockNode).batches).map(({ op }) => OP_NAMES[op]);
/** What the program does after it has set up its frame pointer. */
const body = (text: string, options: AssemblyOptions = {}) => names(entryOf(program(text, options))).slice(4);

/** Asserts that assembling fails with `kind`, and that the error shows a place if it can have one. */
function refuses(kind: AssemblyErrorKind, message: RegExp, run: () => unknown, hasPlace = true): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof AssemblyError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    assert.equal(/\^/.test(error.details), hasPlace, error.details);
    return true;
  });
}

const library = (text: string, options: AssemblyOptions = {}, name = 'lib'): Package =>
  assembleLibrary({ name, root: at('::lib', text), ...options });

test('procedures of modules: by path, by import, by item', () => {
  const modules = [
    at('::a', 'pub mod b pub proc f add end'),
    at('::a::b', 'use {f} from ::a pub proc g exec.f mul end pub use {f as h} from ::a'),
  ];
  assert.deepEqual(body('begin exec.::a::f end', { modules }), ['ADD']);
  assert.deepEqual(body('use ::a::b begin exec.b::g exec.b::h end', { modules }), ['ADD', 'MUL', 'ADD']);
  assert.deepEqual(body('use {g as x} from ::a::b begin exec.x end', { modules }), ['ADD', 'MUL']);
});

test('constants of modules and packages take their place in operands', () => {
  const source =
    'pub const N = 3 pub const M = N * 2 pub const E = event("x") pub const W = [1,2,3,4] pub proc f nop end';
  const text = `use {N, M, E, W} from ::lib
    begin repeat.N push.M drop end emit.E push.W[1..3] end`;
  const fromSource = body(text, { modules: [at('::lib', source)] });
  assert.deepEqual(fromSource, [
    ...['PUSH', 'DROP', 'PUSH', 'DROP', 'PUSH', 'DROP'],
    ...['PUSH', 'EMIT', 'DROP', 'PUSH', 'PUSH'],
  ]);
  assert.deepEqual(body(text, { libraries: [{ package: library(source) }] }), fromSource);
});

test('libraries: dynamic linkage refers by digest, static linkage copies', () => {
  const lib = library('pub proc f push.5 add end pub proc g if.true exec.f else drop end end');
  const text = 'use ::lib begin exec.lib::g call.lib::f end';
  const dynamic = program(text, { libraries: [{ package: lib }] });
  assert.equal(dynamic.forest.nodes.filter(({ kind }) => kind === 'external').length, 2);
  assert.deepEqual(dynamic.libraries, [lib.forest]);
  const copied = program(text, { libraries: [{ package: lib, linkage: 'static' }] });
  assert.ok(copied.forest.nodes.every(({ kind }) => kind !== 'external'));
  assert.deepEqual(copied.libraries, []);
  assert.deepEqual(
    entryOf(copied).digest,
    entryOf(
      program(text, {
        modules: [at('::lib', 'pub proc f push.5 add end pub proc g if.true exec.f else drop end end')],
      }),
    ).digest,
  );
});

test('a library of libraries, linked statically, brings all the code it needs', () => {
  const inner = assembleLibrary({ name: 'inner', root: at('::inner', 'pub proc f push.7 mul end') });
  const outer = library('use ::inner pub proc g call.inner::f end', { libraries: [{ package: inner }] });
  const linked = program('use ::lib begin exec.lib::g end', {
    libraries: [
      { package: outer, linkage: 'static' },
      { package: inner, linkage: 'static' },
    ],
  });
  assert.ok(linked.forest.nodes.every(({ kind }) => kind !== 'external'));
});

test('exports: re-exports, submodules, types, attributes, advice', () => {
  const lib = library(
    `pub mod sub mod hidden
     pub use {h as again} from ::lib::sub
     pub type Pair = struct { a: felt, b: ptr<word, addrspace(byte)> }
     pub enum Color : u8 { RED, BLUE = 4 }
     pub const GREETING = "hi"
     adv_map TABLE(0x0100000000000000020000000000000003000000000000000400000000000000) = [5, 6]
     @storage(slot = 3) @plain
     pub proc f(x: Pair, ...) -> Color
       add end`,
    {
      modules: [at('::lib::sub', 'pub proc h add end'), at('::lib::hidden', 'pub proc unseen mul end')],
    },
  );
  const { manifest, forest } = readPackage(writePackage(lib));
  assert.deepEqual(
    manifest.exports.map(({ kind, path }) => `${kind} ${path}`),
    [
      'constant ::lib::BLUE',
      'type ::lib::Color',
      'constant ::lib::GREETING',
      'type ::lib::Pair',
      'constant ::lib::RED',
      'procedure ::lib::again',
      'procedure ::lib::f',
      'procedure ::lib::sub::h',
    ],
  );
  assert.deepEqual(manifest.modules, [
    { path: '::lib', submodules: ['sub'] },
    { path: '::lib::sub', submodules: [] },
  ]);
  const f = manifest.exports.find(({ path }) => path === '::lib::f');
  assert.ok(f?.kind === 'procedure');
  assert.deepEqual(f.attributes, [
    { kind: 'marker', name: 'plain' },
    { kind: 'map', name: 'storage', values: [['slot', { kind: 'int', value: 3n }]] },
  ]);
  assert.equal(f.signature?.results[0].kind, 'enum');
  assert.equal(f.signature?.parameters.at(-1)?.kind, 'variadic');
  assert.deepEqual(forest.adviceMap, [
    [
      [1n, 2n, 3n, 4n],
      [5n, 6n],
    ],
  ]);
});

test('messages of assertions travel with programs and packages', () => {
  const code = textCode('too small');
  const source = 'proc f assert.err="too small" end begin exec.f u32assert.err="too small" end';
  assert.deepEqual([...program(source).forest.errorMessages], [[code, 'too small']]);
  const pack = readPackage(writePackage(assembleExecutable({ program: file(source) })));
  assert.deepEqual([...pack.forest.errorMessages], [[code, 'too small']]);
  const lib = library('pub proc f assert.err="too small" end');
  const copied = program('begin exec.::lib::f end', { libraries: [{ package: lib, linkage: 'static' }] });
  assert.deepEqual([...copied.forest.errorMessages], [[code, 'too small']]);
});

test('every operation knows its place in the source', () => {
  const text = 'proc f push.5 add end begin exec.f mul end';
  const block = entryOf(program(text)) as BlockNode;
  const place = (name: string): string => {
    const index = rawOperations(block.batches).findIndex(({ op }) => OP_NAMES[op] === name);
    const all = block.spans!.filter((span) => span !== undefined);
    return text.slice(all[index].start, all[index].end);
  };
  assert.equal(place('MUL'), 'mul');
  assert.equal(place('ADD'), 'add');
});

test('invocation by digest finds what is compiled here, else stands for code elsewhere', () => {
  const hex = ({ digest }: MastNode): string =>
    digest
      .map((x) => Buffer.from(x.toString(16).padStart(16, '0'), 'hex').reverse().toString('hex'))
      .join('');
  const inner = program('proc f push.5 add end begin call.f end');
  const f = inner.forest.nodes.find((node) => node.kind === 'block' && names(node).length === 2)!;
  const known = program(`proc f push.5 add end begin call.f call.0x${hex(f)} end`);
  assert.ok(known.forest.nodes.every(({ kind }) => kind !== 'external'));
  const unknown = program(`begin call.0x${hex(f)} end`);
  assert.equal(unknown.forest.nodes[0].kind, 'external');
  assert.ok(unknown.forest.nodes.some(({ digest }) => wordKey(digest) === wordKey(callDigest(f.digest))));
});

test('equal nodes are one, unless their error codes differ', () => {
  const blocks = (text: string) => program(text).forest.nodes.filter(({ kind }) => kind === 'block').length;
  assert.equal(blocks('proc a assert end proc b assert end begin call.a call.b end'), 2);
  assert.equal(blocks('proc a assert.err="x" end proc b assert.err="y" end begin call.a call.b end'), 3);
  const forest = program(
    'proc a assert.err="x" end proc b assert.err="y" end begin call.a call.b end',
  ).forest;
  assert.deepEqual(readForest(writeForest(forest)).roots, forest.roots);
});

test('large procedures are joined, small ones copied into the block of their caller', () => {
  const large = `proc f ${'push.77 drop '.repeat(200)} end`;
  assert.equal(entryOf(program(`${large} begin exec.f end`)).kind, 'join');
  assert.equal(entryOf(program('proc f push.77 drop end begin exec.f end')).kind, 'block');
});

const KERNEL = file('pub proc f add end pub proc g exec.f call.h end proc h mul end', 'kernel.masm');

test('kernels: syscalls reach their exports, and executables hold them', () => {
  const linked = program('begin syscall.f syscall.g end', { kernel: KERNEL });
  assert.equal(linked.kernel.length, 2);
  const pack = readPackage(
    writePackage(assembleExecutable({ program: file('begin syscall.f end'), kernel: KERNEL })),
  );
  assert.deepEqual(programOf(pack).kernel, linked.kernel);
  assert.deepEqual(programOf(pack).libraries.length, 1);
});

test('syscalls that the kernel does not offer are refused', () => {
  refuses('undefined-symbol', /\$kernel::x/, () => program('begin syscall.x end', { kernel: KERNEL }));
  refuses('undefined-symbol', /\$kernel::f/, () => program('begin syscall.f end'));
  refuses('undefined-symbol', /\$kernel::h/, () => program('begin syscall.h end', { kernel: KERNEL }));
  refuses('kernel-misuse', /only be invoked with syscall/, () =>
    program('begin exec.::$kernel::f end', { kernel: KERNEL }),
  );
  refuses(
    'kernel-misuse',
    /not a kernel/,
    () => program('begin nop end', { kernel: library('pub proc f add end') }),
    false,
  );
  refuses('kernel-misuse', /cannot be re-exported/, () =>
    assembleLibrary({
      name: 'lib',
      root: at('::lib', 'pub use {f} from ::$kernel pub proc x nop end'),
      kernel: assembleKernel(KERNEL),
    }),
  );
});

test('packages that are no program, or hold another kernel, do not run', () => {
  refuses('missing-entrypoint', /not a program/, () => programOf(library('pub proc f add end')), false);
  const pack = assembleExecutable({ program: file('begin syscall.f end'), kernel: KERNEL });
  refuses('kernel-misuse', /does not hold the kernel/, () => programOf({ ...pack, sections: [] }), false);
  const other = assembleKernel(file('pub proc f mul end'));
  const sections = [{ id: 'kernel', data: writePackage(other) }];
  refuses('kernel-misuse', /does not hold the kernel/, () => programOf({ ...pack, sections }), false);
});

test('paths that lead nowhere, or where they may not', () => {
  const modules = [
    at('::a', 'mod p pub mod q proc secret nop end pub const C = 1 pub proc f nop end'),
    at('::a::p', 'pub proc g nop end'),
    at('::a::q', 'use ::a::p pub proc h exec.p::g end pub(package) proc i nop end'),
  ];
  const run = (text: string) => () => program(text, { modules });
  assert.deepEqual(body('begin exec.::a::q::h exec.::a::q::i end', { modules }), ['NOOP', 'NOOP']);
  refuses('undefined-symbol', /::b::x/, run('begin exec.::b::x end'));
  refuses('undefined-symbol', /::a::x/, run('begin exec.::a::x end'));
  refuses('not-visible', /::a::secret is private/, run('begin exec.::a::secret end'));
  refuses('not-visible', /::a::p is private/, run('begin exec.::a::p::g end'));
  refuses('wrong-symbol-kind', /::a::C is a constant/, run('begin exec.::a::C end'));
  refuses('wrong-symbol-kind', /::a::q is a module/, run('begin exec.::a::q end'));
  refuses(
    'wrong-symbol-kind',
    /::a::f is a procedure/,
    run('use {f as F} from ::a; const D = F + 1; begin push.D end'),
  );
  refuses('not-visible', /private/, run('use {secret} from ::a begin exec.secret end'));
});

test('imports that make no sense', () => {
  const run =
    (text: string, ...modules: ModuleSource[]) =>
    () =>
      program(text, { modules });
  const a = at('::a', 'pub proc f nop end');
  refuses('undefined-symbol', /::none/, run('use ::none begin nop end'));
  refuses('wrong-symbol-kind', /::a::f is a procedure/, run('use ::a::f as x begin nop end', a));
  refuses(
    'wrong-symbol-kind',
    /::a::b is a module/,
    run('use {b} from ::a begin nop end', at('::a', 'pub mod b'), at('::a::b', '')),
  );
  refuses('invalid-module', /imports itself/, () => library('use ::lib as me; pub proc f nop end'));
  refuses('invalid-module', /declared here/, () =>
    library('mod s; use ::lib::s as t; pub proc f nop end', { modules: [at('::lib::s', '')] }),
  );
  refuses('recursion', /back to itself/, () =>
    library('pub use {x} from ::b pub proc f nop end', { modules: [at('::b', 'pub use {x} from ::lib')] }),
  );
});

test('modules must be declared, and there once', () => {
  const run =
    (...modules: ModuleSource[]) =>
    () =>
      program('begin nop end', { modules });
  refuses('undefined-symbol', /module ::a::b is missing/, run(at('::a', 'mod b')));
  refuses('invalid-module', /does not declare its submodule b/, run(at('::a', ''), at('::a::b', '')));
  refuses('duplicate-symbol', /::a is there twice/, run(at('::a', ''), at('::a', '')));
  refuses('invalid-name', /not the path of a module/, run(at('::a::', '')));
  const lib = library('pub proc f nop end');
  refuses(
    'duplicate-symbol',
    /::lib is there twice/,
    () => program('begin nop end', { libraries: [{ package: lib }, { package: lib }] }),
    false,
  );
  refuses('invalid-module', /exports no procedure/, () => library('const C = 1 proc f push.C end'));
});

test('circles of invocations are refused, across modules and by procref', () => {
  const modules = [
    at('::a', 'use ::b pub proc f exec.b::g end'),
    at('::b', 'use ::a pub proc g call.a::f end'),
  ];
  refuses('recursion', /::a::f, ::b::g/, () => program('begin nop end', { modules }));
  refuses('recursion', /circle/, () => program('proc f procref.g end proc g exec.f end begin exec.f end'));
});

test('advice that contradicts itself is refused', () => {
  const key = '0x0100000000000000020000000000000003000000000000000400000000000000';
  const entry = (value: number) => `adv_map T(${key}) = [${value}]`;
  const options = (value: number): AssemblyOptions => ({
    libraries: [{ package: library(`${entry(value)}; pub proc f nop end`), linkage: 'static' }],
  });
  assert.equal(program(`${entry(1)}; begin nop end`, options(1)).forest.adviceMap.length, 1);
  refuses('duplicate-symbol', /other values/, () => program(`${entry(2)}; begin nop end`, options(1)));
});

test('types that contain themselves, or are none, are refused', () => {
  refuses('invalid-type', /contains itself/, () =>
    library('pub type A = struct { next: ptr<A> }; pub proc f(a: A) nop end'),
  );
  refuses('wrong-symbol-kind', /is a procedure/, () =>
    library('use ::b pub proc f(a: b::g) nop end', { modules: [at('::b', 'pub proc g nop end')] }),
  );
});

test('expansion is limited before memory is taken', () => {
  refuses('program-too-large', /operations/, () =>
    program('begin repeat.1000000 repeat.1000000 push.2 drop end end end'),
  );
  refuses('program-too-large', /nodes/, () =>
    program('begin repeat.1000000 call.f end repeat.1000000 call.f end end proc f nop end'),
  );
  refuses('program-too-large', /more than 3 nodes/, () =>
    program('proc a add end proc b mul end begin call.a call.b end', {
      limits: { operations: 100, nodes: 3, copies: 100 },
    }),
  );
  const copies = (name: string) => `proc ${name} repeat.60 push.1 if.true nop end end end `;
  refuses('program-too-large', /more than 100 copies/, () =>
    program(`${copies('f')} ${copies('g')} begin exec.f exec.g end`, {
      limits: { operations: 1000, nodes: 1000, copies: 100 },
    }),
  );
  refuses('program-too-large', /more than 5 operations/, () =>
    program('begin push.2 drop end', { limits: { operations: 5, nodes: 3, copies: 100 } }),
  );
});

test('packages from elsewhere may use what this assembler would not write', () => {
  const lib = library('pub proc f nop end');
  const relative: Package = {
    ...lib,
    manifest: {
      ...lib.manifest,
      modules: [],
      exports: lib.manifest.exports.map((each) => ({ ...each, path: each.path.slice(2) })),
    },
  };
  const linked = program('begin exec.::lib::f end', { libraries: [{ package: relative }] });
  assert.equal(linked.forest.nodes[0].kind, 'external');
  const digest: Word = lib.forest.nodes[lib.forest.roots[0]].digest;
  assert.deepEqual(linked.forest.nodes[0].digest, digest);
});

test('warnings of every source of an assembly reach who asked for them', () => {
  const unused = 'const UNUSED = 1 pub proc f nop end';
  const seen: string[] = [];
  const onWarning = ({ message, span }: AssemblyWarning): void => {
    seen.push(`${span.file.name}: ${message}`);
  };
  const kernel = { name: 'kernel.masm', text: unused };
  program('const OTHER = 2 begin exec.::b::f syscall.f end', {
    kernel,
    modules: [at('::b', unused)],
    onWarning,
  });
  library(unused, { onWarning });
  assert.equal(seen.length, 4);
  assert.match(seen.join('\n'), /UNUSED.*\n.*OTHER.*\n.*UNUSED.*\n.*UNUSED/);
});
