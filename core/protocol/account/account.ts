import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import type { AssetId } from '../asset/asset.ts';
import { Vault } from '../asset/vault.ts';
import { ProtocolError } from '../errors.ts';
import { checked } from '../reading.ts';
import { AccountCode } from './account-code.ts';
import { type AccountHeader, accountCommitment } from './account-header.ts';
import { AccountId, seedDigest } from './account-id.ts';
import type { AccountPatch } from './account-patch.ts';
import { type AccountSource, publicCommitment } from './account-source.ts';
import { hasCallbackSlot } from './callbacks.ts';
import type { SlotPatch } from './slot-patch.ts';
import { AccountStorage, type SlotHeader, type StorageSlot } from './storage.ts';
import { type MapEntry, StorageMap } from './storage-map.ts';

const FORMAT = 1;
/** A generous bound on a whole account: code, a large map, many assets. */
const MAX_BYTES = 2 ** 26;

interface AccountParts {
  readonly id: AccountId;
  readonly nonce: Felt;
  readonly code: AccountCode;
  readonly storage: AccountStorage;
  readonly vault: Vault;
  readonly seed?: Word | undefined;
}

/** An account with all its state. One with nonce 0 is new: it has a seed, and its first transaction is to come. */
export class Account implements AccountSource {
  readonly id: AccountId;
  readonly nonce: Felt;
  readonly code: AccountCode;
  readonly storage: AccountStorage;
  readonly vault: Vault;
  readonly seed?: Word;

  /** Throws `account-id` if a new account's seed does not lead to its id, and where nonce and seed do not fit; `account-storage` if it has callbacks without their flag. */
  constructor({ id, nonce, code, storage, vault, seed }: AccountParts) {
    if ((nonce === 0n) !== (seed !== undefined))
      throw new ProtocolError('account-id', 'A new account needs its seed, and only a new one has it.');
    if (seed) {
      const digest = seedDigest({ seed, code: code.commitment, storage: storage.commitment });
      if (digest[1] !== id.prefix || digest[0] - (digest[0] & 0xffn) !== id.suffix)
        throw new ProtocolError('account-id', "The account's seed leads to another id.");
      if (vault.size > 0) throw new ProtocolError('account-vault', 'A new account owns nothing yet.');
      this.seed = seed;
    }
    if (!id.hasCallbacks && hasCallbackSlot(storage))
      throw new ProtocolError('account-storage', 'The account has a callback that its id does not announce.');
    this.id = id;
    this.nonce = nonce;
    this.code = code;
    this.storage = storage;
    this.vault = vault;
  }

  get isNew(): boolean {
    return this.nonce === 0n;
  }
  get header(): AccountHeader {
    return {
      id: this.id,
      nonce: this.nonce,
      vaultRoot: this.vault.root,
      storageCommitment: this.storage.commitment,
      codeCommitment: this.code.commitment,
    };
  }
  get commitment(): Word {
    return accountCommitment(this.header);
  }
  /** What the network knows this state by: nothing yet for a new account. */
  get publicCommitment(): Word {
    return publicCommitment(this.header);
  }

  get slotHeaders(): readonly SlotHeader[] {
    return this.storage.headers;
  }
  get slotElements(): readonly Felt[] {
    return this.storage.elements;
  }
  vaultWitness(id: AssetId): SmtProof {
    return this.vault.open(id);
  }
  mapWitness(slot: string, key: Word): SmtProof {
    return this.storage.map(slot).open(key);
  }
  mapEntries(slot: string): readonly MapEntry[] {
    return this.storage.map(slot).entries;
  }

  /**
   * The account after a transaction; maps that it left alone are shared by both. Throws `account-update` if the patch is
   * another's or not newer, or names no slot.
   */
  apply(patch: AccountPatch): Account {
    if (patch.isEmpty) return this;
    if (!patch.id.equals(this.id) || patch.nonce <= this.nonce)
      throw new ProtocolError('account-update', 'This change does not belong to this state of the account.');
    // A new account's first change makes its slots.
    return this.isNew
      ? Account.created(patch)
      : patched(patch, this.code, this.storage.slots, this.vault.clone());
  }

  /** A new account after the transaction that made it. Throws `account-update` if the patch is not of one. */
  static created(patch: AccountPatch): Account {
    if (!patch.code) throw new ProtocolError('account-update', 'This change does not make an account.');
    return patched(patch, patch.code, [], new Vault());
  }

  toBytes(): Uint8Array {
    const writer = new ByteWriter().u8(FORMAT);
    this.id.write(writer);
    writer.felt(this.nonce).bool(this.seed !== undefined);
    if (this.seed) writer.word(this.seed);
    this.vault.write(writer);
    this.storage.write(writer);
    this.code.write(writer);
    return writer.finish();
  }
  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): Account {
    const reader = new ByteReader(bytes, 'account');
    if (bytes.length > MAX_BYTES) reader.fail(`it is longer than ${MAX_BYTES} bytes`);
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const id = AccountId.read(reader);
    const nonce = reader.felt();
    const seed = reader.bool() ? reader.word() : undefined;
    const vault = Vault.read(reader);
    const storage = AccountStorage.read(reader);
    const code = AccountCode.read(reader);
    reader.end();
    return checked(reader, () => new Account({ id, nonce, code, storage, vault, seed }));
  }
}

function patched(
  patch: AccountPatch,
  code: AccountCode,
  before: readonly StorageSlot[],
  vault: Vault,
): Account {
  for (const { id, value } of patch.assets) vault.set(id, value);
  const slots = new Map(before.map((slot) => [slot.name, slot]));
  for (const change of patch.slots) applySlot(slots, change);
  const { id, nonce } = patch;
  return new Account({
    id,
    nonce,
    code: patch.code ?? code,
    storage: new AccountStorage(slots.values()),
    vault,
  });
}

function applySlot(slots: Map<string, StorageSlot>, change: SlotPatch): void {
  const { name, operation } = change;
  const own = slots.get(name);
  if ((operation === 'create') === (own !== undefined) || (own && own.kind !== change.kind)) {
    throw new ProtocolError('account-update', 'This change does not fit the storage of the account.', {
      details: `${operation} ${name}`,
    });
  }
  if (operation === 'remove') slots.delete(name);
  else if (change.kind === 'value') slots.set(name, { name, kind: 'value', value: change.value });
  else {
    const map = own?.kind === 'map' ? own.map.clone() : new StorageMap();
    for (const [key, value] of change.entries) map.set(key, value);
    slots.set(name, { name, kind: 'map', map });
  }
}
