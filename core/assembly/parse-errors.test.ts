import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModuleKind } from './ast.ts';
import { AssemblyError, type AssemblyErrorKind } from './errors.ts';
import { MAX_BLOCK_ITEMS, MAX_BLOCK_NESTING, MAX_EXPRESSION_NESTING, MAX_TYPE_NESTING } from './limits.ts';
import { parseModule } from './parse.ts';

/** The error that a source gives, and the text under its carets. */
function mistake(text: string, kind: ModuleKind = 'library'): { error: AssemblyError; marked: string } {
  const path = kind === 'library' ? { path: { absolute: true, segments: ['x', 'y'] } } : {};
  try {
    parseModule({ name: 'bad.masm', text }, { kind, ...path });
  } catch (error) {
    assert.ok(error instanceof AssemblyError, String(error));
    assert.ok(error.span, 'an error must say where it is');
    return { error, marked: text.slice(error.span.start, error.span.end) };
  }
  return assert.fail(`no error in ${text.slice(0, 200)}`);
}

/** Kind of error, the source, what the carets stand under, and a part of what was expected, if that is said. */
type Case = readonly [AssemblyErrorKind, string, string, string?];

function check(cases: readonly Case[], kind?: ModuleKind): void {
  for (const [expectedKind, text, expectedMark, expected] of cases) {
    const { error, marked } = mistake(text, kind);
    assert.equal(error.kind, expectedKind, `${text}\n${error.message}\n${error.details}`);
    assert.equal(marked, expectedMark, `${text}\n${error.message}`);
    if (expected !== undefined) assert.ok(error.expected?.includes(expected), `${text}\n${error.expected}`);
  }
}

test('an error shows its place, the line, what was expected and what belongs to it', () => {
  const { error } = mistake('proc f\n    if.true\n        add\n');
  assert.equal(error.message, 'unexpected end of the source');
  assert.equal(
    error.details,
    `bad.masm:3:12
3 |         add
  |            ^
expected an instruction, or \`else\` or \`end\` to close \`if\`
\`if\` begins here:
bad.masm:2:5
2 |     if.true
  |     ^^`,
  );
});

test('top level', () => {
  check([
    ['syntax', 'foo', 'foo', 'a declaration'],
    ['syntax', 'end', 'end', 'a declaration'],
    ['syntax', 'pub begin nop end', 'pub', 'a declaration'],
    ['syntax', '@a const A = 1', 'const', '`proc`'],
    ['syntax', '@a', '', '`proc`'],
    ['syntax', '@', '', 'the name of an attribute'],
    ['syntax', 'pub(crate) proc f nop end', 'crate', '`package`'],
    ['syntax', '~', '~'],
    ['syntax', 'mod 1', '1', 'the name of a module'],
    ['syntax', 'namespace', '', 'a namespace'],
    ['syntax', 'namespace x::', '', 'a name after `::`'],
    ['syntax', 'extern package [', '[', 'the id of a package'],
    ['invalid-name', 'extern package "a b"', '"a b"'],
    ['syntax', 'proc', '', 'the name of a procedure'],
    ['invalid-name', 'proc "" nop end', '""'],
    ['invalid-name', 'mod "a#b"', '"a#b"'],
    ['syntax', 'proc "open nop end', '"open nop end'],
  ]);
});

test('imports', () => {
  check([
    ['syntax', 'use', '', 'a path'],
    ['syntax', 'use\na', 'a', 'on this line'],
    ['syntax', 'use * from a', '*'],
    ['syntax', 'use {*} from a', '*'],
    ['syntax', 'use {} from a', '}', 'at least one name'],
    ['syntax', 'use {a b} from c', 'b', '`,` or `}`'],
    ['syntax', 'use {a} c', 'c', '`from`'],
    ['syntax', 'use {a} from\nc', 'c', 'on this line'],
    ['syntax', 'use a->b', '->', '`as`'],
    ['syntax', 'use {a} from b->c', '->', '`as`'],
    ['syntax', 'use 0x12', '0x12'],
    ['syntax', 'pub use a::b', 'a', 'names in braces'],
    ['syntax', 'use a as 1', '1', 'a name after `as`'],
    ['invalid-module', 'use self', 'self'],
    ['invalid-module', 'use a::b\nuse b::c\nproc f exec.b::g exec.c::g end', 'b::c', 'a path from the root'],
  ]);
  check([['kernel-misuse', 'pub use {f} from a::b', 'f']], 'kernel');
});

test('constants', () => {
  check([
    ['invalid-name', 'const a = 1', 'a', 'capital letters'],
    ['invalid-name', 'const "A" = 1', '"A"'],
    ['syntax', 'const A', '', '`=`'],
    ['syntax', 'const A =', '', 'a value'],
    ['syntax', 'const A = \n\n', '', 'a value'],
    ['syntax', 'const A = 1 2', '2', 'an operator'],
    ['syntax', 'const A = 1 +', '', 'a number'],
    ['syntax', 'const A = 1 +\n2', '', 'a number'],
    ['syntax', 'const A = (1', '', '`)`'],
    ['syntax', 'const A = [1, 2]', ']', '`,`'],
    ['syntax', 'const A = [1, 2, 3, 4, 5]', ',', '`]`'],
    ['syntax', 'const A = word(a)', 'a', 'a quoted text'],
    ['syntax', 'const A = event("a"', '', '`)`'],
    ['invalid-name', 'const A = b', 'b', 'capital letters'],
    ['invalid-name', 'const A = ::B', '::B', 'a module and a name'],
    ['invalid-literal', 'const A = 0b1', '0b1', 'decimal or hexadecimal'],
    ['invalid-literal', 'const A = 18446744069414584321', '18446744069414584321'],
    ['invalid-literal', 'const A = 99999999999999999999999', '99999999999999999999999'],
    ['invalid-literal', 'const A = 0xffffffffffffffff', '0xffffffffffffffff'],
    ['invalid-literal', 'const A = 0x', '0x', 'hexadecimal digits'],
    ['invalid-literal', 'const A = 0x112233445566778899', '0x112233445566778899', '16 hexadecimal digits'],
    ['invalid-literal', `const A = 0x${'f'.repeat(64)}`, `0x${'f'.repeat(64)}`],
    ['invalid-literal', `const A = [1, 2, 3, 0x${'0'.repeat(64)}]`, `0x${'0'.repeat(64)}`],
    ['undefined-symbol', 'const A = B', 'B'],
    ['undefined-symbol', 'const A = m::B', 'm::B', 'an imported module'],
    ['wrong-symbol-kind', 'proc F nop end const A = F', 'F', 'a constant'],
    ['wrong-symbol-kind', 'use a::M\nconst A = M', 'M', 'an item'],
    ['wrong-symbol-kind', 'const A = 1\nconst B = A::C', 'A::C', 'an imported module'],
    ['recursion', 'const A = B\nconst B = A', 'A'],
    ['recursion', 'const A = self::A + 1', 'self::A'],
    ['recursion', 'use {A as B} from self\nuse {B as A} from self\nconst C = A', 'A'],
    ['division-by-zero', 'const A = 1 / 0', '1 / 0'],
    ['division-by-zero', 'const A = 1 // (2 - 2)', '1 // (2 - 2)'],
    ['value-out-of-range', 'const A = 1 - 2', '1 - 2'],
    ['value-out-of-range', 'const A = 0xffffffff00000000 + 1', '0xffffffff00000000 + 1'],
    ['value-out-of-range', 'const A = 0xffffffff * 0x100000002', '0xffffffff * 0x100000002'],
    ['invalid-constant', 'const A = 1 + "a"', '"a"', 'an integer'],
    ['invalid-constant', 'const A = word("a") * 2', 'word("a")', 'an integer'],
  ]);
});

test('advice map', () => {
  check([
    ['invalid-name', 'adv_map a = [1]', 'a'],
    ['syntax', 'adv_map A [1]', '[', '`=`'],
    ['syntax', 'adv_map A(1) = [1]', '1', 'a word'],
    ['syntax', 'adv_map A = []', ']', 'a number'],
    ['syntax', 'adv_map A = [1,]', ']', 'a number'],
    ['syntax', 'adv_map A = [1] 2', '2', 'the end of the line'],
    [
      'duplicate-symbol',
      'adv_map A([1,2,3,4]) = [1]\nadv_map B([1,2,3,4]) = [2]',
      'adv_map B([1,2,3,4]) = [2]',
    ],
    ['duplicate-symbol', 'adv_map A = [1]\nconst A = 1', 'A'],
  ]);
});

test('types and signatures', () => {
  check([
    ['syntax', 'type A', '', '`=`'],
    ['syntax', 'type A = 1', '1', 'a type'],
    ['syntax', 'type A = felt felt', 'felt', 'the end of the line'],
    ['syntax', 'type A = ptr<felt', '', '`>`'],
    ['syntax', 'type A = ptr<felt, foo>', 'foo', '`addrspace'],
    ['syntax', 'type A = ptr<felt, addrspace(x)>', 'x', '`byte` or `felt`'],
    ['syntax', 'type A = [felt]', ']', '`;`'],
    ['value-out-of-range', 'type A = [felt; 4294967296]', '4294967296'],
    ['value-out-of-range', 'type A = [felt; 0x4]', '0x4', 'a decimal number'],
    ['syntax', 'type A = struct { a }', '}', '`:`'],
    ['syntax', 'type A = struct { a: felt b: felt }', 'b', '`,` or `}`'],
    ['invalid-type', 'type A = struct @foo { a: felt }', '@foo'],
    ['invalid-type', 'type A = struct @align { a: felt }', '@align'],
    ['invalid-type', 'type A = struct @transparent(1) { a: felt }', '@transparent('],
    ['value-out-of-range', 'type A = struct @align(3) { a: felt }', '3', 'a power of two'],
    ['value-out-of-range', 'type A = struct @packed(65536) { a: felt }', '65536'],
    ['invalid-type', 'enum A : word { B }', 'word'],
    ['invalid-type', 'enum A : b { B }', 'b'],
    ['syntax', 'enum A { B }', '{', '`:`'],
    ['invalid-name', 'enum A : u8 { b }', 'b'],
    ['syntax', 'enum A : u8 { B = "x" }', '"x"', 'an integer'],
    ['invalid-type', 'enum A : u8 { B = 256 }', 'B'],
    ['invalid-type', 'enum A : u128 { B }', 'B', '64 bits'],
    ['invalid-type', 'enum A : u8 { B, C = 0 }', 'C'],
    ['invalid-type', 'use a::b\nenum A : u8 { B = b::C }', 'B', 'of this module'],
    ['undefined-symbol', 'type A = Missing', 'Missing'],
    ['wrong-symbol-kind', 'const C = 1\ntype A = C', 'C', 'a type'],
    ['not-visible', 'type P = felt\npub type A = P', 'P', 'a public type'],
    ['not-visible', 'type P = felt\npub proc f(a: ptr<P>) nop end', 'P', 'a public type'],
    ['syntax', 'proc f(felt) nop end', 'felt', 'a parameter'],
    ['invalid-name', 'proc f("a b": felt) nop end', '"a b"'],
    ['invalid-name', 'proc f("\\q": felt) nop end', '"\\q"'],
    ['syntax', 'proc f(a: felt', '', '`)`'],
    ['syntax', 'proc f() -> felt nop end', 'nop', 'the end of the line'],
    ['syntax', 'proc f() -> (felt nop end', 'nop', '`)`'],
    ['invalid-type', 'proc f(..., a: felt) nop end', '...'],
    ['invalid-type', 'proc f() -> (..., ...) nop end', '...'],
  ]);
});

test('attributes', () => {
  check([
    ['syntax', '@a() proc f nop end', ')', 'a name, a text'],
    ['syntax', '@a(b proc f nop end', 'proc', '`,` or `)`'],
    ['syntax', '@a(b = 1, c) proc f nop end', ')', '`=`'],
    ['syntax', '@"a" proc f nop end', '"a"', 'the name of an attribute'],
    ['invalid-attribute', '@a(b = 1, b = 2) proc f nop end', 'b'],
    ['invalid-attribute', '@a(b = 1) @a(b = 2) proc f nop end', '@a(b = 2)'],
    ['invalid-attribute', '@a @a proc f nop end', '@a'],
    ['invalid-attribute', '@locals(65533) proc f nop end', '@locals(65533)', '65532'],
    ['invalid-attribute', '@locals(a) proc f nop end', '@locals(a)'],
    ['invalid-attribute', '@locals proc f nop end', '@locals'],
    ['invalid-attribute', '@callconv(1) proc f nop end', '@callconv(1)'],
    ['invalid-attribute', '@note_script @auth_script proc f nop end', '@note_script'],
    ['invalid-attribute', '@note_script @callconv("C") proc f nop end', '@callconv("C")'],
  ]);
});

test('blocks', () => {
  check([
    ['syntax', 'proc f end', 'proc', 'at least one instruction'],
    ['syntax', 'proc f if.true end end', 'if', 'at least one instruction'],
    ['syntax', 'proc f while.true end end', 'while', 'at least one instruction'],
    ['syntax', 'proc f do while add end end', 'do', 'at least one instruction'],
    ['syntax', 'proc f do add while end end', 'do', 'at least one instruction'],
    ['syntax', 'proc f repeat.3 end end', 'repeat', 'at least one instruction'],
    ['syntax', 'proc f else end', 'else', '`end` to close `proc`'],
    ['syntax', 'proc f add', '', '`end` to close `proc`'],
    ['syntax', 'proc f add proc g add end', 'proc', '`end` to close `proc`'],
    ['syntax', 'proc f if add end end', 'add', '`if.true`'],
    ['syntax', 'proc f if.maybe add end end', 'maybe', '`if.true`'],
    ['syntax', 'proc f while add end end', 'add', '`while.true`'],
    ['syntax', 'proc f while.false add end end', 'false', '`while.true`'],
    ['syntax', 'proc f do add end end', 'end', '`while` to close `do`'],
    ['syntax', 'proc f repeat add end end', 'add', '`repeat.<count>`'],
    ['syntax', 'proc f repeat."3" add end end', '"3"', 'a number or a constant'],
    ['invalid-literal', 'proc f repeat.4294967296 add end end', '4294967296'],
    ['invalid-repeat-count', 'proc f repeat.0 add end end', 'repeat.0'],
    ['invalid-repeat-count', 'const N = 1000001\nproc f repeat.N add end end', 'N', '1000000'],
    ['syntax', 'proc f 1 end', '1', 'an instruction'],
    ['syntax', 'proc f add ] end', ']', 'an instruction'],
    ['syntax', 'proc f add] end', ']', 'the opening bracket'],
    ['syntax', 'proc f\n#! what\nadd end', '#! what', 'an instruction'],
  ]);
});

test('instructions', () => {
  check([
    ['unknown-instruction', 'proc f frobnicate.3 end', 'frobnicate', 'an instruction'],
    ['unknown-instruction', 'proc f drp end', 'drp', '`drop`'],
    ['unknown-instruction', 'proc f mem_loadw.3 end', 'mem_loadw', '`mem_loadw_be`'],
    ['unknown-instruction', 'proc f adv.nothing end', 'adv.nothing'],
    ['unknown-instruction', 'proc f "add" end', '"add"'],
    ['invalid-operand', 'proc f neg.1 end', 'neg.1', '`neg`'],
    ['invalid-operand', 'proc f add.\nend', 'add.', 'add.<field element>'],
    ['invalid-operand', 'proc f add."x" end', 'add."x"'],
    ['invalid-operand', 'proc f add.1.2 end', 'add.1.2'],
    ['invalid-operand', 'proc f movup end', 'movup', 'movup.<2 to 15>'],
    ['invalid-operand', 'const N = 1\nproc f dup.N end', 'dup.N'],
    ['invalid-operand', 'proc f push end', 'push'],
    ['invalid-operand', `proc f push.1.0x${'0'.repeat(64)} end`, `push.1.0x${'0'.repeat(64)}`],
    ['invalid-operand', 'proc f push.1..2 end', 'push.1..2'],
    ['invalid-operand', 'proc f emit.3 end', 'emit.3', 'emit.event("name")'],
    ['invalid-operand', 'proc f emit.event(a) end', 'emit.event(a)'],
    ['invalid-operand', 'proc f assert.err=3 end', 'assert.err=3', 'assert.err="text"'],
    ['invalid-operand', 'proc f assert."x" end', 'assert."x"'],
    ['invalid-operand', 'proc f exec.3 end', 'exec.3', 'a procedure'],
    ['invalid-operand', 'proc f exec end', 'exec'],
    ['syntax', 'proc f exec.[1] end', '[', 'a procedure'],
    ['syntax', 'proc f exec.a.b end', '.', '`::`'],
    ['invalid-name', 'proc f add.x end', 'x', 'capital letters'],
    ['invalid-literal', 'proc f add.0b1 end', '0b1'],
    ['invalid-literal', 'proc f push.18446744069414584321 end', '18446744069414584321'],
    ['invalid-literal', 'proc f mem_load.4294967296 end', '4294967296'],
    ['invalid-literal', 'proc f u32div.0b end', '0b'],
    ['invalid-literal', `proc f u32div.0b${'1'.repeat(33)} end`, `0b${'1'.repeat(33)}`],
    ['invalid-literal', 'proc f exec.0x12345678901234567890 end', '0x12345678901234567890'],
    ['value-out-of-range', 'proc f dup.16 end', '16', '0 to 15'],
    ['value-out-of-range', 'proc f dup.0x1 end', '0x1', '0 to 15'],
    ['value-out-of-range', 'proc f swap.0 end', '0', '1 to 15'],
    ['value-out-of-range', 'proc f movdnw.4 end', '4', '2 to 3'],
    ['value-out-of-range', 'proc f u32shl.32 end', '32', '0 to 31'],
    ['value-out-of-range', 'proc f exp.u64 end', 'u64', '`u63`'],
    ['value-out-of-range', 'proc f loc_load.65536 end', '65536', '0 to 65535'],
    ['value-out-of-range', 'proc f adv.push_mapvaln.5 end', '5', '0, 4 or 8'],
    ['value-out-of-range', `proc f push${'.1'.repeat(17)} end`, `push${'.1'.repeat(17)}`, '16'],
    ['value-out-of-range', 'proc f push.[1,2,3,4][4] end', '[4]'],
    ['value-out-of-range', 'proc f push.[1,2,3,4][2..2] end', '[2..2]'],
    ['value-out-of-range', 'proc f push.[1,2,3,4][0x1] end', '0x1'],
    ['syntax', 'proc f push.[1,2,3] end', ']', '`,`'],
    ['syntax', 'proc f push.[1,2,3,4][A] end', 'A', 'the index'],
    ['syntax', 'proc f push.é end', 'é'],
  ]);
});

test('what depends on values', () => {
  check([
    ['undefined-symbol', 'proc f push.A end', 'A'],
    ['value-out-of-range', 'const A = 32\nproc f u32shl.A end', 'A', '31'],
    ['value-out-of-range', 'const A = 4294967296\nproc f mem_load.A end', 'A', '4294967295'],
    ['value-out-of-range', 'const A = 65536\n@locals(4) proc f loc_load.A end', 'A', '65535'],
    ['invalid-constant', 'const A = "a"\nproc f push.A end', 'A', 'an integer or a word'],
    ['invalid-constant', 'const A = [1,2,3,4]\nproc f add.A end', 'A', 'a field element'],
    ['invalid-constant', 'const A = event("a")\nproc f mem_load.A end', 'A', 'an integer'],
    ['value-out-of-range', 'const A = 1\nproc f push.A[0] end', 'A', 'a word'],
    ['value-out-of-range', 'const A = 1\nproc f emit.A end', 'A', 'an event'],
    ['value-out-of-range', 'const A = 1\nproc f assert.err=A end', 'A', 'a text'],
    ['division-by-zero', 'proc f div.0 end', 'div.0'],
    ['division-by-zero', 'const A = 0\nproc f u32mod.A end', 'u32mod.A'],
    ['invalid-local', 'proc f loc_load.0 end', 'loc_load.0'],
    ['invalid-local', '@locals(3) proc f loc_loadw_be.0 end', 'loc_loadw_be.0'],
    ['invalid-local', '@locals(4) proc f loc_store.4 end', 'loc_store.4', '0 to 3'],
    ['invalid-local', '@locals(8) proc f loc_storew_le.5 end', 'loc_storew_le.5', '0 to 4'],
    ['invalid-local', '@locals(8) proc f loc_storew_le.3 end', 'loc_storew_le.3', 'multiple of 4'],
  ]);
});

test('names', () => {
  check([
    ['undefined-symbol', 'proc f exec.g end', 'g'],
    ['undefined-symbol', 'proc f exec.a::g end', 'a::g'],
    ['wrong-symbol-kind', 'const G = 1\nproc f exec.G end', 'G', 'a procedure'],
    ['wrong-symbol-kind', 'use a::b\nproc f exec.b end', 'b', 'an item'],
    ['wrong-symbol-kind', 'mod m\nproc f exec.m end', 'm', 'a procedure'],
    ['wrong-symbol-kind', 'use {g} from a\nproc f exec.g::h end', 'g::h', 'an imported module'],
    ['recursion', 'proc f exec.f end', 'f'],
    ['recursion', 'proc f call.self::f end', 'self::f'],
    ['recursion', 'proc f procref.::x::y::f end', '::x::y::f'],
    ['invalid-invocation', 'proc f syscall.a::b end', 'a::b'],
    ['duplicate-symbol', 'proc f nop end proc f nop end', 'f'],
    ['duplicate-symbol', 'const A = 1\nconst A = 2', 'A'],
    ['duplicate-symbol', 'const A = 1\nenum E : u8 { A }', 'A'],
    ['duplicate-symbol', 'use a::f\nproc f nop end', 'f'],
    ['duplicate-symbol', 'mod f\nproc f nop end', 'f'],
    ['duplicate-symbol', 'use {a, b as a} from c', 'a'],
    ['duplicate-symbol', 'type T = felt\ntype T = felt', 'T'],
    ['duplicate-symbol', 'extern package a\nextern package "a"', '"a"'],
  ]);
});

test('modules', () => {
  check([
    ['invalid-module', 'begin nop end', 'begin'],
    ['invalid-module', 'namespace a::b', 'a::b', '`::x::y`'],
    ['invalid-module', 'const A = 1\nnamespace x::y', 'x::y', 'first'],
    ['invalid-module', '# no module\n\n#! docs\nnamespace x::y', 'x::y', 'first'],
  ]);
  check(
    [
      ['missing-entrypoint', 'proc f nop end', ''],
      ['duplicate-symbol', 'begin nop end begin nop end', 'begin'],
      ['invalid-module', 'pub proc f nop end begin nop end', 'f'],
      ['invalid-module', 'pub const A = 1\nbegin nop end', 'A'],
      ['invalid-module', 'pub use {f} from a::b\nbegin nop end', 'f'],
    ],
    'executable',
  );
  check(
    [
      ['invalid-module', 'begin nop end', 'begin'],
      ['kernel-misuse', 'pub use {f} from a::b', 'f'],
    ],
    'kernel',
  );
  assert.throws(
    () => parseModule({ name: 'a', text: 'proc f nop end' }),
    (error) => error instanceof AssemblyError && error.kind === 'invalid-module',
  );
});

test('limits', () => {
  const nested = (open: string, inner: string, close: string, depth: number): string =>
    open.repeat(depth) + inner + close.repeat(depth);
  const ok = (text: string): unknown =>
    parseModule({ name: 'a', text }, { path: { absolute: true, segments: ['a'] } });

  const blocks = (depth: number): string => `proc f ${nested('if.true ', 'nop ', 'end ', depth)}end`;
  ok(blocks(MAX_BLOCK_NESTING));
  assert.equal(mistake(blocks(MAX_BLOCK_NESTING + 1)).error.kind, 'nesting-too-deep');
  assert.equal(mistake(`proc f ${'while.true '.repeat(100_000)}`).error.kind, 'nesting-too-deep');

  const parens = (depth: number): string => `const A = ${nested('(', '1', ')', depth)}`;
  ok(parens(MAX_EXPRESSION_NESTING));
  assert.equal(mistake(parens(MAX_EXPRESSION_NESTING + 1)).error.kind, 'nesting-too-deep');
  assert.equal(mistake(parens(100_000)).error.kind, 'nesting-too-deep');
  const sum = (terms: number): string => `const A = 1${' + 1'.repeat(terms)}`;
  ok(sum(MAX_EXPRESSION_NESTING));
  assert.equal(mistake(sum(MAX_EXPRESSION_NESTING + 1)).error.kind, 'nesting-too-deep');

  const pointers = (depth: number): string => `type A = ${nested('ptr<', 'u8', '>', depth)}`;
  ok(pointers(MAX_TYPE_NESTING));
  assert.equal(mistake(pointers(MAX_TYPE_NESTING + 1)).error.kind, 'nesting-too-deep');
  assert.equal(mistake(pointers(100_000)).error.kind, 'nesting-too-deep');

  ok(`proc f ${'nop '.repeat(MAX_BLOCK_ITEMS)}end`);
  assert.equal(mistake(`proc f ${'nop '.repeat(MAX_BLOCK_ITEMS + 1)}end`).error.kind, 'block-too-large');

  assert.equal(mistake(`#! ${'x'.repeat(65_535)}\n`).error.kind, 'block-too-large');
  assert.equal(mistake(`proc f exec.a${'::a'.repeat(30_000)} end`).error.kind, 'invalid-name');
  const many = Array.from({ length: 65_537 }, (_, i) => `mod m${i}`).join('\n');
  assert.equal(mistake(many).error.kind, 'invalid-module');
});
