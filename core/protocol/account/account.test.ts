import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from '../../bytes.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { runAtOnce } from '../../pace.ts';
import { Asset } from '../asset/asset.ts';
import { Vault } from '../asset/vault.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import * as arbitrary from '../testing/arbitrary.ts';
import { Account } from './account.ts';
import { AccountCode } from './account-code.ts';
import { accountCommitment, headerElements, readHeader, writeHeader } from './account-header.ts';
import { AccountPatch } from './account-patch.ts';
import { searchingSeed } from './id-seed.ts';
import { slotId, writeSlotName } from './slot-name.ts';
import type { SlotPatch } from './slot-patch.ts';
import { AccountStorage } from './storage.ts';
import { StorageMap } from './storage-map.ts';

const kind = (expected: string) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === expected;
const { firstScript, secondScript, thirdScript } = arbitrary;

const fresh = fc
  .tuple(arbitrary.accountCode, arbitrary.slots, fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([code, slots, random]) => {
    const storage = new AccountStorage(slots);
    const search = {
      code: code.commitment,
      storage: storage.commitment,
      type: 'private',
      callbacks: false,
    } as const;
    const { id, seed } = runAtOnce(searchingSeed({ ...search, random }));
    return new Account({ id, nonce: 0n, code, storage, vault: new Vault(), seed });
  });

test('a new account survives its bytes; its first patch makes it an old one', () => {
  fc.assert(
    fc.property(fresh, arbitrary.assets(3), arbitrary.word, (account, assets, value) => {
      assert.ok(account.isNew);
      assert.deepEqual(account.publicCommitment, EMPTY_WORD);
      assert.deepEqual(Account.fromBytes(account.toBytes()).commitment, account.commitment);
      const { id, code } = account;
      const slot = account.storage.slots.find((s) => s.kind === 'value');
      const slots = account.storage.slots.map((s): SlotPatch => {
        const { name } = s;
        if (s.kind === 'map') return { name, kind: 'map', operation: 'create', entries: s.map.entries };
        return { name, kind: 'value', operation: 'create', value: name === slot?.name ? value : s.value };
      });
      const patch = new AccountPatch({
        id,
        nonce: 1n,
        assets: assets.map((a) => ({ id: a.id, value: a.value })),
        slots,
        code,
      });
      const next = account.apply(patch);
      assert.equal(next.nonce, 1n);
      assert.deepEqual(next.publicCommitment, accountCommitment(next.header));
      assert.deepEqual(next.vault.assets.length, assets.length);
      if (slot) assert.deepEqual(next.storage.slot(slot.name), { ...slot, value });
      const bytes = next.toBytes();
      assert.deepEqual(Account.fromBytes(bytes).toBytes(), bytes);
      assert.throws(() => next.apply(patch), kind('account-update'));
      // Whoever only sees what is published knows the account as well.
      assert.deepEqual(Account.created(patch).commitment, next.commitment);
      const later = new AccountPatch({ id, nonce: 1n, slots });
      assert.throws(() => Account.created(later), kind('account-update'));
    }),
    { numRuns: 25 },
  );
});

test('seed, nonce, vault and id of an account fit together', () => {
  const [account] = fc.sample(fresh, { numRuns: 1, seed: 1 });
  const { id, code, storage, vault, seed } = account;
  const parts = { id, code, storage, vault };
  assert.throws(() => new Account({ ...parts, nonce: 0n }), kind('account-id'));
  assert.throws(() => new Account({ ...parts, nonce: 1n, seed }), kind('account-id'));
  assert.throws(() => new Account({ ...parts, nonce: 0n, seed: [1n, 2n, 3n, 4n] }), kind('account-id'));
  const owned = new Vault([Asset.fungible(id, 1n)]);
  assert.throws(() => new Account({ ...parts, nonce: 0n, seed, vault: owned }), kind('account-vault'));
});

test('an account commits to sixteen elements', () => {
  const [account] = fc.sample(fresh, { numRuns: 1, seed: 2 });
  const { header } = account;
  assert.deepEqual(headerElements(header).slice(0, 4), [1n, 0n, account.id.suffix, account.id.prefix]);
  const writer = new ByteWriter();
  writeHeader(header, writer);
  assert.deepEqual(
    accountCommitment(readHeader(new ByteReader(writer.finish(), 'header'))),
    account.commitment,
  );
});

test('code: two to 256 procedures, authentication first, the rest ascending, every one there', () => {
  const forests = [firstScript, secondScript, thirdScript].flatMap((s) => s.forests);
  const code = AccountCode.of(
    firstScript.root,
    [thirdScript.root, secondScript.root, thirdScript.root],
    forests,
  );
  assert.equal(code.procedures.length, 3);
  assert.ok(code.has(secondScript.root) && wordsEqual(code.procedures[0], firstScript.root));
  const [auth, a, b] = code.procedures;
  const bad: [readonly Word[], typeof forests][] = [
    [[auth], forests],
    [[auth, b, a], forests],
    [[auth, a, a], forests],
    [[auth, a, auth], forests],
    [[auth, a, [1n, 2n, 3n, 4n]], forests],
    [code.procedures, forests.slice(1)],
  ];
  for (const [procedures, list] of bad)
    assert.throws(() => new AccountCode(procedures, list), kind('account-code'));
  const many = Array.from({ length: 257 }, (_, i): Word => [BigInt(i), 0n, 0n, 0n]);
  assert.throws(() => new AccountCode(many, forests), kind('account-code'));
});

test('storage: names, kinds, order, and at most 255 slots', () => {
  const slot = (i: number) => ({ name: `kiln::slot_${i}`, kind: 'value', value: EMPTY_WORD }) as const;
  const full = Array.from({ length: Limit.STORAGE_SLOTS }, (_, i) => slot(i));
  const storage = new AccountStorage(full);
  assert.equal(storage.elements.length, 8 * 255);
  assert.deepEqual(new AccountStorage([...full].reverse()).commitment, storage.commitment);
  assert.deepEqual(storage.find(slotId('kiln::slot_7')), slot(7));
  assert.deepEqual(new AccountStorage().commitment, EMPTY_WORD);
  assert.throws(() => new AccountStorage([...full, slot(255)]), kind('account-storage'));
  assert.throws(() => new AccountStorage([slot(1), slot(1)]), kind('account-storage'));
  for (const name of ['one', 'a::', 'a::_b', 'a::b c', '::a::b', `a::${'b'.repeat(255)}`, 'a::ä'])
    assert.throws(() => new AccountStorage([{ ...slot(0), name }]), kind('account-storage'), name);
  assert.throws(() => storage.map('kiln::slot_1'), kind('account-storage'));
  assert.throws(() => storage.setValue('kiln::other', EMPTY_WORD), kind('account-storage'));
  storage.setValue('kiln::slot_1', [1n, 2n, 3n, 4n]);
  assert.deepEqual(storage.slot('kiln::slot_1'), { ...slot(1), value: [1n, 2n, 3n, 4n] });
});

test('storage survives its bytes; disorder in them is refused', () => {
  fc.assert(
    fc.property(arbitrary.slots, (slots) => {
      const storage = new AccountStorage(slots);
      const writer = new ByteWriter();
      storage.write(writer);
      assert.deepEqual(
        AccountStorage.read(new ByteReader(writer.finish(), 'storage')).commitment,
        storage.commitment,
      );
    }),
    { numRuns: 25 },
  );
  const [first, second] = new AccountStorage([
    { name: 'kiln::a', kind: 'value', value: EMPTY_WORD },
    { name: 'kiln::b', kind: 'value', value: EMPTY_WORD },
  ]).slots;
  const writer = new ByteWriter().u8(2);
  for (const { name } of [second, first]) writeSlotName(name, writer).u8(0).word(EMPTY_WORD);
  assert.throws(() => AccountStorage.read(new ByteReader(writer.finish(), 'storage')), FormatError);
  const badKind = writeSlotName('kiln::a', new ByteWriter().u8(1)).u8(2).word(EMPTY_WORD);
  assert.throws(() => AccountStorage.read(new ByteReader(badKind.finish(), 'storage')), FormatError);
});

test('maps: reading, writing, proofs', () => {
  const key: Word = [1n, 0n, 0n, 0n];
  const map = new StorageMap([[key, [5n, 0n, 0n, 0n]]]);
  assert.ok(map.open(key).leaf.entries.length === 1);
  const copy = map.clone();
  copy.set(key, key);
  assert.deepEqual([map.get(key), copy.get(key)], [[5n, 0n, 0n, 0n], key]);
  assert.deepEqual(copy.root, new StorageMap([[key, key]]).root);
  assert.deepEqual(map.set(key, EMPTY_WORD), [5n, 0n, 0n, 0n]);
  assert.deepEqual(map.root, new StorageMap().root);
  assert.equal(map.size, 0);
  assert.throws(
    () =>
      new StorageMap([
        [key, key],
        [key, key],
      ]),
    kind('account-storage'),
  );
});

test('patches: nothing without a nonce, no name twice, later ones win', () => {
  const [account] = fc.sample(fresh, { numRuns: 1, seed: 3 });
  const { id } = account;
  assert.deepEqual(new AccountPatch({ id, nonce: 0n }).commitment, EMPTY_WORD);
  assert.notDeepEqual(new AccountPatch({ id, nonce: 1n }).commitment, EMPTY_WORD);
  const asset = Asset.fungible(id, 3n);
  const gone = { id: asset.id, value: EMPTY_WORD };
  assert.throws(() => new AccountPatch({ id, nonce: 0n, assets: [gone] }), kind('account-update'));
  assert.throws(() => new AccountPatch({ id, nonce: 1n, assets: [gone, gone] }), kind('account-update'));
  const slot = { name: 'kiln::m', kind: 'map', operation: 'update' } as const;
  const entry = (n: bigint, v: bigint) => [[n, 0n, 0n, 0n] as Word, [v, 0n, 0n, 0n] as Word] as const;
  const first = new AccountPatch({
    id,
    nonce: 1n,
    assets: [{ id: asset.id, value: asset.value }],
    slots: [{ ...slot, entries: [entry(2n, 1n), entry(1n, 1n)] }],
  });
  const second = new AccountPatch({
    id,
    nonce: 2n,
    assets: [gone],
    slots: [{ ...slot, entries: [entry(2n, 9n)] }],
  });
  const both = first.merge(second);
  assert.equal(both.nonce, 2n);
  assert.deepEqual(both.assets, [gone]);
  assert.deepEqual(both.slots, [{ ...slot, entries: [entry(1n, 1n), entry(2n, 9n)] }]);
  assert.throws(() => second.merge(first), kind('account-update'));
  const bytes = both.toBytes();
  const reader = new ByteReader(bytes, 'patch');
  assert.deepEqual(AccountPatch.read(reader).commitment, both.commitment);
  reader.end();
  assert.throws(() => account.apply(both), kind('account-update'));
});

test('a slot that is changed and then removed is removed, one that is made and removed never was', () => {
  const { id } = fc.sample(fresh, { numRuns: 1, seed: 3 })[0];
  const value: Word = [1n, 2n, 3n, 4n];
  const change = (nonce: bigint, operation: 'create' | 'update' | 'remove', kind: 'value' | 'map') =>
    new AccountPatch({
      id,
      nonce,
      slots: [
        kind === 'value'
          ? { name: 'kiln::s', kind, operation, value }
          : { name: 'kiln::s', kind, operation, entries: [[value, value]] },
      ],
    });
  const merged = (
    first: 'create' | 'update' | 'remove',
    second: 'create' | 'update' | 'remove',
    kinds: readonly ['value' | 'map', 'value' | 'map'] = ['value', 'value'],
  ) =>
    change(1n, first, kinds[0])
      .merge(change(2n, second, kinds[1]))
      .slots.map(({ operation }) => operation);
  for (const kind of ['value', 'map'] as const) {
    assert.deepEqual(merged('update', 'remove', [kind, kind]), ['remove']);
    assert.deepEqual(merged('create', 'remove', [kind, kind]), []);
    assert.deepEqual(merged('create', 'update', [kind, kind]), ['create']);
  }
  for (const [first, second] of [
    ['remove', 'update'],
    ['remove', 'create'],
    ['remove', 'remove'],
    ['create', 'create'],
    ['update', 'create'],
  ] as const)
    assert.throws(() => merged(first, second), kind('account-update'));
  assert.throws(() => merged('update', 'update', ['value', 'map']), kind('account-update'));
});
