import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textCode } from '../hash/text.ts';
import {
  type Block,
  type BlockItem,
  type ConstantValue,
  type Module,
  type ParseOptions,
  type Path,
  pathText,
} from './ast.ts';
import { INSTRUCTIONS, spellings } from './instructions.ts';
import { parseModule } from './parse.ts';

const LIBRARY: ParseOptions = { kind: 'library', path: { absolute: true, segments: ['x', 'y'] } };

const parse = (text: string, options: ParseOptions = LIBRARY): Module =>
  parseModule({ name: 'test.masm', text }, options);

/** Everything but the spans, which would hide the rest. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, v) =>
      key === 'span' || key === 'kind' ? undefined : typeof v === 'bigint' ? `${v}n` : v,
    ),
  );
}

const body = (text: string): unknown =>
  plain(parse(`@locals(8) proc f ${text} end`).procedures[0].body.items);

test('instructions and their operands', () => {
  assert.deepEqual(body('add add.5 dup swap movup.3 exp.u7 exp.3 u32shl.31 loc_load.7 mem_load.4294967295'), [
    { name: 'add', form: 'none' },
    { name: 'add', form: 'felt', value: '5n' },
    { name: 'dup', form: 'index', value: 0 },
    { name: 'swap', form: 'index', value: 1 },
    { name: 'movup', form: 'index', value: 3 },
    { name: 'exp', form: 'bits', value: 7 },
    { name: 'exp', form: 'felt', value: '3n' },
    { name: 'u32shl', form: 'shift', value: 31 },
    { name: 'loc_load', form: 'local', value: 7 },
    { name: 'mem_load', form: 'u32', value: 4294967295 },
  ]);
  assert.deepEqual(body('adv.push_mapval adv.push_mapvaln adv.push_mapvaln.8'), [
    { name: 'adv.push_mapval', form: 'none' },
    { name: 'adv.push_mapvaln', form: 'padding', value: 0 },
    { name: 'adv.push_mapvaln', form: 'padding', value: 8 },
  ]);
});

test('every instruction parses in every form that the table gives it', () => {
  const operands: Record<string, string> = {
    none: '',
    felt: '.7',
    u32: '.0b11',
    'pushed-u32': '.9',
    local: '.4',
    shift: '.3',
    index: '.2',
    bits: '.u63',
    padding: '.4',
    push: '.1.2',
    target: '.other',
    event: '.event("e")',
    error: '.err="m"',
  };
  for (const [name, forms] of INSTRUCTIONS) {
    for (const form of forms) {
      assert.equal(
        parse(`proc other nop end @locals(8) proc f ${name}${operands[form]} end`).procedures.length,
        2,
        `${name} ${form}`,
      );
    }
    assert.ok(spellings(name).length > 0);
  }
});

test('what the language expands while parsing', () => {
  assert.deepEqual(body('push.1.2 u32and.3'), [
    { name: 'push', form: 'push', value: '1n' },
    { name: 'push', form: 'push', value: '2n' },
    { name: 'push', form: 'push', value: '3n' },
    { name: 'u32and', form: 'none' },
  ]);
});

test('words and their parts', () => {
  const word = '0x0100000000000000020000000000000003000000000000000400000000000000';
  const value = ['1n', '2n', '3n', '4n'];
  assert.deepEqual(body(`push.[1,2,3,4] push.${word} push.[1, 2, 3, 4][1] push.${word}[0..3]`), [
    { name: 'push', form: 'push', value },
    { name: 'push', form: 'push', value },
    { name: 'push', form: 'slice', value, start: 1, end: 2 },
    { name: 'push', form: 'slice', value, start: 0, end: 3 },
  ]);
});

test('blanks: an instruction goes on over dots, not over line breaks', () => {
  assert.deepEqual(body('push . 1 . 2 add5'.replace('add5', 'add.5drop')), [
    { name: 'push', form: 'push', value: '1n' },
    { name: 'push', form: 'push', value: '2n' },
    { name: 'add', form: 'felt', value: '5n' },
    { name: 'drop', form: 'none' },
  ]);
  assert.throws(() => body('push.\n1'));
});

test('events and messages', () => {
  assert.deepEqual(
    body('emit emit.event("a b") trace.event("c") assert.err="it \\"failed\\"" u32assert2.err = "x"'),
    [
      { name: 'emit', form: 'none' },
      { name: 'emit', form: 'event', value: `${textCode('a b')}n` },
      { name: 'trace', form: 'event', value: `${textCode('c')}n` },
      { name: 'assert', form: 'error', message: 'it \\"failed\\"' },
      { name: 'u32assert2', form: 'error', message: 'x' },
    ],
  );
});

test('blocks', () => {
  const shape = (block: Block): unknown => block.items.map(itemShape);
  const itemShape = (item: BlockItem): unknown => {
    switch (item.kind) {
      case 'instruction':
        return item.name;
      case 'if':
        return { onTrue: shape(item.onTrue), onFalse: shape(item.onFalse) };
      case 'while':
        return { while: shape(item.body) };
      case 'do-while':
        return { do: shape(item.body), while: shape(item.condition) };
      case 'repeat':
        return { repeat: item.count, body: shape(item.body) };
    }
  };
  const parsed = parse(`proc f
    if.true add end
    if.false mul else drop end
    if.true else neg end
    while.true dup end
    do while.true swap end while not end
    repeat.3 inv end
  end`);
  assert.deepEqual(shape(parsed.procedures[0].body), [
    { onTrue: ['add'], onFalse: [] },
    { onTrue: ['drop'], onFalse: ['mul'] },
    { onTrue: [], onFalse: ['neg'] },
    { while: ['dup'] },
    { do: [{ while: ['swap'] }], while: ['not'] },
    { repeat: 3, body: ['inv'] },
  ]);
});

test('constants: precedence, both divisions, words, texts', () => {
  const { constants } = parse(`
    const A = 2 + 3 * 4 - 10 // 3
    const B = (2 + 3) * A
    const HALF = 1 / 2
    const W = word("hello")
    const E = event("hello")
    const M = "text"
    const LATER = AFTER + 1
    const AFTER = 1
    proc f push.B push.HALF push.W[0] emit.E assert.err=M push.LATER end`);
  const values = new Map(constants.map(({ name, value }) => [name.text, value]));
  const int = (value: bigint): ConstantValue => ({ kind: 'int', value });
  assert.deepEqual(values.get('A'), int(11n));
  assert.deepEqual(values.get('B'), int(55n));
  assert.deepEqual(values.get('HALF'), int(0x7fff_ffff_8000_0001n));
  assert.deepEqual(values.get('LATER'), int(2n));
  const word = values.get('W');
  assert.ok(word?.kind === 'word');
  assert.deepEqual(values.get('E'), { kind: 'event', name: 'hello', value: word.value[0] });
});

test('constants stand in operands by value', () => {
  const { procedures } = parse(`
    const N = 3
    const E = event("e")
    @locals(4)
    proc f repeat.N add.N end u32shl.N u32or.N loc_load.N push.N.N push.E add.E mem_load.N end`);
  const text = JSON.stringify(plain(procedures[0].body));
  assert.ok(!text.includes('"N"') && !text.includes('"E"'), text);
});

test('a long chain of constants takes no stack', () => {
  const length = 20_000;
  const lines = Array.from({ length }, (_, i) => `const C${i} = C${i + 1} + 1`);
  const { constants } = parse(`${lines.join('\n')}\nconst C${length} = 0\nproc f push.C0 end`);
  assert.deepEqual(constants[0].value, { kind: 'int', value: BigInt(length) });
});

test('constants of other modules stay open', () => {
  const { constants, procedures } = parse(`
    use {LIMIT} from a::b
    use a::c
    const N = LIMIT + c::SIZE
    proc f push.LIMIT add.N end`);
  assert.equal(constants[0].value, undefined);
  assert.deepEqual(plain(procedures[0].body.items), [
    { name: 'push', form: 'push', value: { name: 'LIMIT' } },
    { name: 'add', form: 'felt', value: { name: 'N' } },
  ]);
});

test('names of procedures lead to this module or to a path from the root', () => {
  const { procedures } = parse(
    `
    use a::b
    use ::c::d as e
    use {g as h} from self::sub
    mod sub
    proc local nop end
    proc f
      exec.local call.b::p exec.e::"odd name?" exec.h exec.sub::q exec.self::local procref.::x::y::local
      syscall.k exec.::m::n exec.$kernel::k
      call.0x0100000000000000020000000000000003000000000000000400000000000000
    end`.replace('odd name?', 'odd-name'),
  );
  const targets = procedures[1].body.items.map((item) => {
    assert.ok(item.kind === 'instruction' && item.form === 'target');
    const { target } = item;
    if (target.kind === 'digest') return target.digest.join();
    return target.kind === 'local' ? target.name : pathText(target.path);
  });
  assert.deepEqual(targets, [
    'local',
    '::a::b::p',
    '::c::d::"odd-name"',
    '::x::y::sub::g',
    '::x::y::sub::q',
    'local',
    'local',
    '::$kernel::k',
    '::m::n',
    '::$kernel::k',
    '1,2,3,4',
  ]);
});

test('imports, submodules, packages, namespace', () => {
  const { path, imports, submodules, externPackages } = parse(
    `namespace x::y
    extern package "a/b@1"
    extern package core
    mod one
    pub mod two
    use a::b as c
    pub(package) use {p, q as r} from self
    proc p2 exec.c::x end`,
    {},
  );
  assert.equal(pathText(path), '::x::y');
  assert.deepEqual(
    externPackages.map(({ text }) => text),
    ['a/b@1', 'core'],
  );
  assert.deepEqual(
    submodules.map(({ name, visibility }) => `${visibility} ${name.text}`),
    ['private one', 'public two'],
  );
  assert.deepEqual(
    imports.map((item) =>
      item.kind === 'module'
        ? `${pathText(item.path.path)} as ${item.localName.text}`
        : `${item.visibility} ${pathText(item.from.path)} ${item.name.text} as ${item.localName.text}`,
    ),
    ['::a::b as c', 'internal ::x::y p as p', 'internal ::x::y q as r'],
  );
});

test('types and signatures', () => {
  const { types, procedures, constants } = parse(`
    pub type Id = felt
    type Pair = struct @align(16) { a: Id, b: [u32; 4], }
    type Bytes = ptr<u8, addrspace(byte)>
    pub enum Color : u8 {
      #! the first
      RED, GREEN = 5, BLUE,
    }
    pub proc f(a: Id, "b-c": word, ...) -> (felt, x: u32) nop end
    pub proc g() -> ptr<Id>
      nop
    end`);
  assert.deepEqual(plain(types), [
    { name: { text: 'Id' }, visibility: 'public', type: { name: 'felt' } },
    {
      name: { text: 'Pair' },
      visibility: 'private',
      type: {
        representation: { alignment: 16 },
        fields: [
          { name: { text: 'a' }, type: { path: { absolute: false, segments: ['Id'] } } },
          { name: { text: 'b' }, type: { element: { name: 'u32' }, length: 4 } },
        ],
      },
    },
    {
      name: { text: 'Bytes' },
      visibility: 'private',
      type: { pointee: { name: 'u8' }, addressSpace: 'byte' },
    },
    {
      name: { text: 'Color' },
      visibility: 'public',
      representation: 'u8',
      variants: [{ text: 'RED' }, { text: 'GREEN' }, { text: 'BLUE' }],
    },
  ]);
  assert.deepEqual(
    constants.map(({ name, value }) => [name.text, value]),
    [
      ['RED', { kind: 'int', value: 0n }],
      ['GREEN', { kind: 'int', value: 5n }],
      ['BLUE', { kind: 'int', value: 6n }],
    ],
  );
  const [f, g] = procedures;
  assert.deepEqual(
    f.signature?.parameters.map(({ name, type }) => [name?.text, type.kind]),
    [
      ['a', 'reference'],
      ['b-c', 'primitive'],
      [undefined, 'variadic'],
    ],
  );
  assert.deepEqual(
    g.signature?.results.map(({ kind }) => kind),
    ['pointer'],
  );
});

test('attributes', () => {
  const [f, g] = parse(`
    @locals(8)
    @callconv("C")
    @storage(offset = 1, size = [0, 1, 2, 3])
    @storage(name = "n")
    @inline
    @list(a, 2, 0x10)
    proc f(a: felt) nop end
    @note_script
    pub proc g() nop end`).procedures;
  assert.equal(f.locals, 8);
  assert.equal(f.signature?.callingConvention, 'c');
  assert.deepEqual(plain(f.attributes), [
    {
      name: { text: 'storage' },
      values: [
        { key: 'offset', value: { value: '1n' } },
        { key: 'size', value: { value: ['0n', '1n', '2n', '3n'] } },
        { key: 'name', value: { value: 'n' } },
      ],
    },
    { name: { text: 'inline' }, values: [] },
    {
      name: { text: 'list' },
      values: [{ value: { value: 'a' } }, { value: { value: '2n' } }, { value: { value: '16n' } }],
    },
  ]);
  assert.equal(g.signature?.callingConvention, 'component-model');
});

test('advice map entries are constants; a missing key is the hash of the values', () => {
  const { adviceMap, constants } = parse(`
    adv_map GIVEN([1, 2, 3, 4]) = [5]
    adv_map HASHED = [1, 2, 3, 4, 5, 6, 7, 8]
    proc f push.GIVEN push.HASHED end`);
  assert.deepEqual(adviceMap[0].key, [1n, 2n, 3n, 4n]);
  assert.deepEqual(constants[1].value, { kind: 'word', value: adviceMap[1].key });
});

test('documentation goes to what follows it', () => {
  const { docs, procedures, constants, warnings } = parse(`#! The module.
#! Its second line.

#! About nothing.

#! About A.
pub const A = 1
# a comment
#!  About f.
proc f nop end
#! At the end.`);
  assert.equal(docs, 'The module.\nIts second line.\n');
  assert.equal(constants[0].docs, 'About A.\n');
  assert.equal(procedures[0].docs, 'About f.\n');
  assert.deepEqual(
    warnings.map(({ kind }) => kind),
    ['unused-documentation', 'unused-documentation'],
  );
});

test('warnings of what is never used', () => {
  const { warnings } = parse(`
    use a::b
    use {c} from a::d
    use {C} from a::d
    const A = 1
    const B = C
    pub const D = 2
    enum E : u8 { ONE }
    adv_map TABLE = [1]
    proc f exec.c end`);
  assert.deepEqual(
    warnings.map(({ message }) => message),
    ['the import `b` is never used', 'the constant `A` is never used', 'the constant `B` is never used'],
  );
});

test('what kind of module a source is', () => {
  const program = parse('begin nop end', {});
  assert.equal(program.kind, 'executable');
  assert.equal(pathText(program.path), '::$exec');
  assert.equal(program.procedures[0].name.text, '$main');
  const kernel = parse('pub proc f nop end', { kind: 'kernel' });
  assert.equal(pathText(kernel.path), '::$kernel');
  assert.equal(parse('namespace a proc f nop end', {}).kind, 'library');
});

test('spans cover what they name', () => {
  const text = 'proc f\n  push.1.2 add\nend\nbegin exec.f end';
  const { procedures } = parse(text, {});
  const items = procedures[0].body.items.map(({ span }) => text.slice(span.start, span.end));
  assert.deepEqual(items, ['push.1', '2', 'add']);
  const { span } = procedures[0];
  assert.equal(text.slice(span.start, span.end), 'proc f\n  push.1.2 add\nend');
});

test('paths are quoted where they must be', () => {
  const path = (...segments: string[]): Path => ({ absolute: true, segments });
  assert.equal(pathText(path('$kernel', 'a_1', '1a', 'a-b')), '::$kernel::a_1::"1a"::"a-b"');
});
