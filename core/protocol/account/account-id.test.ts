import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { runAtOnce, runPaced } from '../../pace.ts';
import { ProtocolError } from '../errors.ts';
import { AccountId, type AccountType } from './account-id.ts';
import { type Address, decodeAddress, encodeAddress } from './address.ts';
import { searchingSeed } from './id-seed.ts';
import { NETWORK_PREFIX } from './id-text.ts';
import type { EncryptionVariant } from './routing.ts';

const id = new AccountId(0x1234_5678_9abc_de21n, 0x0fed_cba9_8765_4300n);
/** The generators of the two curves: Edwards form, and SEC 1's compressed form. */
const encryptionKey = (variant: EncryptionVariant): Uint8Array =>
  hexToBytes(
    variant % 2 === 0
      ? `58${'66'.repeat(31)}`
      : '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  );
const refuses = (kind: string) => (error: unknown) => error instanceof ProtocolError && error.kind === kind;

test('an id says what kind of account it is, and survives hex, bytes and address', () => {
  assert.equal(id.type, 'private');
  assert.equal(id.hasCallbacks, true);
  assert.equal(new AccountId(0x11n, 0n).type, 'public');
  assert.equal(id.toString(), '0x123456789abcde210fedcba9876543');
  assert.ok(AccountId.parse('0x123456789ABCDE210FEDCBA9876543').equals(id));
  assert.ok(AccountId.fromBytes(id.toBytes()).equals(id));
  assert.deepEqual(id.key, [0n, 0n, id.suffix, id.prefix]);
  assert.ok(id.compare(new AccountId(0x1234_5678_9abc_de21n, 0x0fed_cba9_8765_4400n)) < 0);
  assert.equal(id.compare(id), 0);
});

test('what is no id is refused', () => {
  const bad: [bigint, bigint][] = [
    [0n, 0n],
    [0x12n, 0n],
    [1n, 1n],
    [1n, 1n << 63n],
    [0xffff_ffff_ffff_ff01n, 0n],
  ];
  for (const [prefix, suffix] of bad)
    assert.throws(() => new AccountId(prefix, suffix), refuses('account-id'));
  for (const text of ['', '0x12', id.toString().slice(2), `${id}0`, id.toString().replace('3', 'g')])
    assert.throws(() => AccountId.parse(text), refuses('account-id'));
  assert.throws(() => AccountId.fromBytes(new Uint8Array(15)), FormatError);
  assert.throws(() => AccountId.fromBytes(new Uint8Array(16).fill(1)), FormatError);
});

test('a seed search ends in an id of the wanted kind, the same one for the same random bytes', () => {
  const [code, storage]: Word[] = [
    [1n, 2n, 3n, 4n],
    [5n, 6n, 7n, 8n],
  ];
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constantFrom<AccountType>('private', 'public'),
      fc.boolean(),
      (random, type, callbacks) => {
        const search = { code, storage, type, callbacks, random };
        const found = runAtOnce(searchingSeed(search));
        assert.equal(found.id.type, type);
        assert.equal(found.id.hasCallbacks, callbacks);
        assert.ok(AccountId.fromSeed({ seed: found.seed, code, storage }).equals(found.id));
        assert.deepEqual(runAtOnce(searchingSeed(search)).seed, found.seed);
      },
    ),
    { numRuns: 40 },
  );
});

test('a seed search stops when told to', async () => {
  const random = new Uint8Array(32).fill(255);
  const search = {
    code: [1n, 2n, 3n, 4n],
    storage: [5n, 6n, 7n, 8n],
    type: 'public',
    callbacks: true,
  } as const;
  await assert.rejects(runPaced(searchingSeed({ ...search, random }), { signal: AbortSignal.abort() }), {
    kind: 'cancelled',
  });
});

test('addresses come back as they went, with any routing', () => {
  const routings: (Address['routing'] | undefined)[] = [
    undefined,
    { interface: 0 },
    { interface: 0, tagLength: 14 },
    { interface: 0, tagLength: 32 },
    ...([0, 1, 2, 3, 4, 5] as const).map((variant) => ({
      interface: 0,
      tagLength: 0,
      encryptionKey: { variant, key: encryptionKey(variant) },
    })),
  ];
  for (const network of [...Object.values(NETWORK_PREFIX), 'own']) {
    for (const routing of routings) {
      const address: Address = { network, id, ...(routing && { routing }) };
      const text = encodeAddress(address);
      assert.ok(text.startsWith(`${network}1`));
      const decoded = decodeAddress(text);
      assert.ok(decoded.id.equals(id));
      assert.deepEqual({ ...decoded, id: 0 }, { ...address, id: 0 });
    }
  }
});

test('an address that nobody could read is not made', () => {
  const make = (routing: Address['routing'], network = 'mm') =>
    encodeAddress({ network, id, ...(routing && { routing }) });
  assert.throws(() => make({ interface: 1 }), RangeError);
  assert.throws(() => make({ interface: 0, tagLength: 33 }), RangeError);
  for (const key of [new Uint8Array(31), encryptionKey(1), new Uint8Array(32).fill(2, 0, 1)])
    assert.throws(() => make({ interface: 0, encryptionKey: { variant: 0, key } }), RangeError);
  assert.throws(() => make(undefined, 'a_b'), RangeError);
  assert.throws(() => make(undefined, 'a'.repeat(84)), TypeError);
});

test('addresses with a mistake are refused, whichever character it is', () => {
  const text = encodeAddress({
    network: 'mm',
    id,
    routing: { interface: 0, encryptionKey: { variant: 0, key: encryptionKey(0) } },
  });
  for (let at = 0; at < text.length; at++) {
    const wrong = text[at] === 'q' ? 'p' : 'q';
    const changed = text.slice(0, at) + wrong + text.slice(at + 1);
    assert.throws(() => decodeAddress(changed), ProtocolError, changed);
  }
  const idText = text.split('_')[0];
  for (const bad of ['', '_', `${idText}_`, `${text}_x`, `${idText.toUpperCase()}x`, id.toString()])
    assert.throws(() => decodeAddress(bad), ProtocolError, bad);
});
