import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { hashFramed } from '../../hash/eidos.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../hash/word.ts';
import { Asset } from '../asset/asset.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';
import { AccountId } from './account-id.ts';
import {
  codeSection,
  headerSection,
  readSlots,
  type SlotPatch,
  slotSections,
  sorted,
  sortedSlots,
  writeSlots,
} from './slot-patch.ts';

const FORMAT = 1;
const MIN_ASSET_BYTES = 18;
const MAX_ASSETS = 2 * Limit.CHANGED_ASSETS;
const ADDED = 1n;
const REMOVED = 2n;
/** A transaction increments the nonce once. */
const NONCE_DELTA = 1n;

/**
 * How a transaction changes an account, its assets as what comes and goes: what an owner signs. Of slots it has the new
 * values, as a patch does.
 */
export class AccountDelta {
  readonly id: AccountId;
  readonly added: readonly Asset[];
  readonly removed: readonly Asset[];
  readonly slots: readonly SlotPatch[];
  /** The commitment to a new account's code, or to that which an account is upgraded to. */
  readonly code?: Word;

  /** Parts in any order. Throws `account-update`. */
  constructor(parts: {
    readonly id: AccountId;
    readonly added?: readonly Asset[];
    readonly removed?: readonly Asset[];
    readonly slots?: readonly SlotPatch[];
    readonly code?: Word | undefined;
  }) {
    this.id = parts.id;
    this.added = sortedAssets(parts.added ?? []);
    this.removed = sortedAssets(parts.removed ?? []);
    this.slots = sortedSlots(parts.slots ?? []);
    if (parts.code) this.code = parts.code;
    if (this.added.length > MAX_ASSETS || this.removed.length > MAX_ASSETS)
      throw new ProtocolError('account-update', 'Too many assets change in one transaction.');
  }

  /** The hash of the sections, eight elements at a time. */
  get commitment(): Word {
    return hashFramed(
      [
        ...headerSection(this.id, NONCE_DELTA),
        ...assetSection(this.added, ADDED),
        ...assetSection(this.removed, REMOVED),
        ...slotSections(this.slots),
        ...(this.code ? codeSection(this.code) : []),
      ],
      ProtocolDomain.ACCOUNT_DELTA,
    );
  }

  toBytes(): Uint8Array {
    const writer = new ByteWriter().u8(FORMAT);
    this.id.write(writer);
    for (const assets of [this.added, this.removed]) {
      writer.vint(assets.length);
      for (const asset of assets) asset.write(writer);
    }
    writeSlots(this.slots, writer);
    writer.bool(this.code !== undefined);
    if (this.code) writer.word(this.code);
    return writer.finish();
  }
  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): AccountDelta {
    const reader = new ByteReader(bytes, 'change of an account');
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const id = AccountId.read(reader);
    const assets = () =>
      Array.from({ length: reader.count(MIN_ASSET_BYTES, MAX_ASSETS) }, () => Asset.read(reader));
    const [added, removed] = [assets(), assets()];
    const slots = readSlots(reader);
    const code = reader.bool() ? reader.word() : undefined;
    reader.end();
    return checked(reader, () => {
      const delta = new AccountDelta({ id, added, removed, slots, code });
      const isSame = (a: readonly unknown[], b: readonly unknown[]) => a.every((each, i) => each === b[i]);
      if (!isSame(delta.added, added) || !isSame(delta.removed, removed))
        reader.fail('its assets are not in order');
      if (delta.slots.some(({ name }, i) => name !== slots[i].name))
        reader.fail('its slots are not in order');
      return delta;
    });
  }
}

const sortedAssets = (assets: readonly Asset[]): Asset[] =>
  sorted(assets, (a, b) => compareWords(a.id.word, b.id.word), 'an asset');

const assetSection = (assets: readonly Asset[], kind: Felt): Felt[] =>
  assets.length === 0
    ? []
    : [
        ...assets.flatMap(({ elements }) => elements),
        ...[1n, kind, BigInt(assets.length), 0n],
        ...EMPTY_WORD,
      ];
