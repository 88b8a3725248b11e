import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleLibrary } from '../../assembly/assemble.ts';
import { readPackage, writePackage } from '../../assembly/package/format.ts';
import type { Package } from '../../assembly/package/package.ts';
import { FormatError } from '../../bytes.ts';
import { MODULUS } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { word } from '../testing/arbitrary.ts';
import { componentPackage } from '../testing/component.ts';
import { AccountComponent, schemaOf, withSchema } from './component.ts';
import type { InitialValues, SlotSchema } from './component-schema.ts';

const kind = (expected: string) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === expected;
const rootOf = (pack: Package, name: string): Word | undefined =>
  pack.manifest.exports.flatMap((each) =>
    each.kind === 'procedure' && each.path.endsWith(`::${name}`) ? [each.digest] : [],
  )[0];

const faucet = componentPackage(
  'faucet',
  `@account_procedure pub proc mint push.1 drop end
   @account_procedure pub proc again push.1 drop end
   @auth_script pub proc auth push.2 drop end
   pub proc helper push.3 drop end`,
);
const schema: SlotSchema[] = [
  {
    kind: 'value',
    name: 'kiln::faucet::token',
    type: [
      { name: 'decimals', type: 'u8' },
      { name: 'max_supply', type: 'amount' },
      null,
      { name: 'tag', type: 'felt' },
    ],
  },
  { kind: 'value', name: 'kiln::faucet::owner', type: 'word', initial: [1n, 2n, 3n, 4n] },
  {
    kind: 'map',
    name: 'kiln::faucet::allowed',
    key: 'word',
    value: [{ name: 'is_allowed', type: 'bool' }, null, null, null],
  },
];
const token = { decimals: 6n, max_supply: Limit.FUNGIBLE_AMOUNT, tag: MODULUS - 1n };
const described = withSchema(faucet, schema);

test('a component has the procedures that say so, its slots, a name and a version', () => {
  const component = new AccountComponent(described, {
    'kiln::faucet::token': token,
    'kiln::faucet::allowed': [[[1n, 0n, 0n, 0n], { is_allowed: 1n }]],
  });
  assert.deepEqual([component.name, component.version], ['faucet', '1.0.0']);
  assert.deepEqual(component.procedures, [rootOf(faucet, 'mint')]);
  assert.deepEqual(component.auth, rootOf(faucet, 'auth'));
  const [first, owner, allowed] = component.slots;
  assert.deepEqual(first, {
    name: 'kiln::faucet::token',
    kind: 'value',
    value: [6n, Limit.FUNGIBLE_AMOUNT, 0n, MODULUS - 1n],
  });
  assert.deepEqual(owner, { name: 'kiln::faucet::owner', kind: 'value', value: [1n, 2n, 3n, 4n] });
  assert.ok(allowed.kind === 'map');
  assert.deepEqual(allowed.map.entries, [
    [
      [1n, 0n, 0n, 0n],
      [1n, 0n, 0n, 0n],
    ],
  ]);
});

test('a schema survives the bytes of its package', () => {
  const read = readPackage(writePackage(described));
  assert.deepEqual(schemaOf(read), schema);
  assert.deepEqual(schemaOf(withSchema(read, [])), []);
  assert.deepEqual(schemaOf(faucet), []);
  const section = described.sections.at(-1)!;
  fc.assert(
    fc.property(fc.nat(section.data.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const data = section.data.slice();
      data[at] ^= by;
      for (const bytes of [data, section.data.subarray(0, at)]) {
        try {
          schemaOf({ ...faucet, sections: [{ ...section, data: bytes }] });
        } catch (error) {
          assert.ok(error instanceof FormatError, String(error));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('words fill slots of any type; those that do not fit are refused', () => {
  fc.assert(
    fc.property(word, (value) => {
      const { slots } = new AccountComponent(described, {
        'kiln::faucet::token': token,
        'kiln::faucet::owner': value,
      });
      assert.deepEqual(slots[1], { name: 'kiln::faucet::owner', kind: 'value', value });
    }),
    { numRuns: 20 },
  );
  const bad: Record<string, unknown>[] = [
    {},
    { 'kiln::faucet::token': { ...token, decimals: 256n } },
    { 'kiln::faucet::token': { ...token, max_supply: Limit.FUNGIBLE_AMOUNT + 1n } },
    { 'kiln::faucet::token': { ...token, tag: MODULUS } },
    { 'kiln::faucet::token': { ...token, tag: -1n } },
    { 'kiln::faucet::token': { ...token, tag: 1 } },
    { 'kiln::faucet::token': { ...token, other: 1n } },
    { 'kiln::faucet::token': { decimals: 1n, max_supply: 1n } },
    { 'kiln::faucet::token': [1n, 1n, 1n, 1n] },
    { 'kiln::faucet::token': [1n, 1n, 0n] },
    { 'kiln::faucet::token': 'text' },
    { 'kiln::faucet::token': token, 'kiln::faucet::owner': { name: 1n } },
    { 'kiln::faucet::token': token, 'kiln::faucet::other': [1n, 1n, 1n, 1n] },
    { 'kiln::faucet::token': token, 'kiln::faucet::allowed': token },
    { 'kiln::faucet::token': token, 'kiln::faucet::allowed': [[[1n, 0n, 0n, 0n]]] },
    { 'kiln::faucet::token': token, 'kiln::faucet::allowed': [[[1n, 0n, 0n, 0n], { is_allowed: 2n }]] },
  ];
  for (const [i, values] of bad.entries()) {
    const make = () => new AccountComponent(described, values as InitialValues);
    assert.throws(make, kind('account-component'), `${i}`);
  }
  const entry = [[1n, 0n, 0n, 0n], { is_allowed: 1n }] as const;
  const twice = { 'kiln::faucet::token': token, 'kiln::faucet::allowed': [entry, entry] };
  assert.throws(() => new AccountComponent(described, twice), kind('account-storage'));
});

test('schemas: slots once, fields once, good names, values that fit, at most 255', () => {
  const value = (name: string): SlotSchema => ({ kind: 'value', name, type: 'word' });
  const field = (name: string) => ({ name, type: 'u8' }) as const;
  const bad: SlotSchema[][] = [
    [value('a::b'), value('a::b')],
    [{ kind: 'value', name: 'a::b', type: [field('x'), field('x'), null, null] }],
    [{ kind: 'value', name: 'a::b', type: [field('X'), null, null, null] }],
    [{ kind: 'map', name: 'a::b', key: 'word', value: [field(''), null, null, null] }],
    [{ kind: 'value', name: 'a::b', type: [field('x'), null, null, null], initial: [256n, 0n, 0n, 0n] }],
    [{ kind: 'value', name: 'a::b', type: [field('x'), null, null, null], initial: [0n, 1n, 0n, 0n] }],
    Array.from({ length: 256 }, (_, i) => value(`a::b${i}`)),
  ];
  for (const each of bad) assert.throws(() => withSchema(faucet, each), kind('account-component'));
  assert.throws(() => withSchema(faucet, [value('no_component')]), kind('account-storage'));
});

test('packages that are no component are refused', () => {
  const bad: Package[] = [
    { ...faucet, kind: 'library' },
    { ...faucet, version: 'one' },
    componentPackage('plain', 'pub proc nothing push.1 drop end'),
    componentPackage(
      'two',
      '@auth_script pub proc a push.1 drop end @auth_script pub proc b push.2 drop end',
    ),
  ];
  for (const pack of bad) assert.throws(() => new AccountComponent(pack), kind('account-component'));
});

test('a procedure of a library is one only where the library is given', () => {
  const library = assembleLibrary({
    name: 'library',
    root: {
      path: '::library',
      file: { name: 'l.masm', text: '@account_procedure pub proc f push.5 drop end' },
    },
  });
  const pack = assembleLibrary({
    name: 'wrapper',
    kind: 'account-component',
    root: {
      path: '::wrapper',
      file: { name: 'w.masm', text: 'pub use {f} from ::library\npub proc g push.1 drop end' },
    },
    libraries: [{ package: library }],
  });
  assert.throws(() => new AccountComponent(pack), kind('account-code'));
  assert.deepEqual(new AccountComponent(pack, {}, [library]).procedures, [rootOf(library, 'f')]);
});
