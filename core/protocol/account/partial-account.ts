import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import type { AssetId } from '../asset/asset.ts';
import { ProtocolError } from '../errors.ts';
import { AccountCode } from './account-code.ts';
import { type AccountHeader, readHeader, writeHeader } from './account-header.ts';
import type { AccountSource } from './account-source.ts';
import { Openings } from './openings.ts';
import {
  readSlotHeader,
  type SlotHeader,
  slotRecords,
  storageCommitment,
  writeSlotHeader,
} from './storage.ts';
import { type MapEntry, mapKey, StorageMap, writeEntries } from './storage-map.ts';

/** What was opened of a map: some of its leaves, or, of a new account's, all there is. */
interface OpenedMap {
  readonly openings: Openings;
  whole?: readonly MapEntry[];
}

function opened<T>(part: T | undefined, what: string): T {
  if (part !== undefined) return part;
  throw new ProtocolError('account-storage', 'This part of the account did not come with it.', {
    details: what,
    advice: 'Execute where the whole account is.',
  });
}

/** Those parts of an account that a transaction touched: enough to execute it again, anywhere. */
export class PartialAccount implements AccountSource {
  readonly header: AccountHeader;
  readonly code: AccountCode;
  readonly slotHeaders: readonly SlotHeader[];
  readonly seed?: Word;
  readonly #vault: Openings;
  /** By slot. */
  readonly #maps: ReadonlyMap<string, OpenedMap>;

  private constructor(
    { header, code, slotHeaders, seed }: Pick<AccountSource, 'header' | 'code' | 'slotHeaders' | 'seed'>,
    vault: Openings,
    maps: ReadonlyMap<string, OpenedMap>,
  ) {
    this.header = header;
    this.code = code;
    this.slotHeaders = slotHeaders;
    if (seed) this.seed = seed;
    this.#vault = vault;
    this.#maps = maps;
  }

  /** A source that asks another one, and what has been asked so far as an account of its own. */
  static watching(source: AccountSource): {
    readonly source: AccountSource;
    readonly partial: PartialAccount;
  } {
    const { header, code, slotHeaders, seed } = source;
    const vault = new Openings();
    const maps = new Map<string, OpenedMap>();
    const map = (slot: string): OpenedMap => {
      let own = maps.get(slot);
      if (!own) maps.set(slot, (own = { openings: new Openings() }));
      return own;
    };
    const parts = { header, code, slotHeaders, ...(seed && { seed }) };
    return {
      partial: new PartialAccount(parts, vault, maps),
      source: {
        ...parts,
        slotElements: source.slotElements,
        vaultWitness: (id) => vault.set(id.vaultKey, source.vaultWitness(id)),
        mapWitness: (slot, key) => map(slot).openings.set(mapKey(key), source.mapWitness(slot, key)),
        mapEntries: (slot) => (map(slot).whole = source.mapEntries(slot)),
      },
    };
  }

  get slotElements(): readonly Felt[] {
    return slotRecords(this.slotHeaders);
  }
  vaultWitness(id: AssetId): SmtProof {
    return opened(this.#vault.get(id.vaultKey), `asset ${wordKey(id.word)}`);
  }
  mapWitness(slot: string, key: Word): SmtProof {
    return opened(this.#maps.get(slot)?.openings.get(mapKey(key)), `${slot}, key ${wordKey(key)}`);
  }
  mapEntries(slot: string): readonly MapEntry[] {
    return opened(this.#maps.get(slot)?.whole, `all of ${slot}`);
  }
  /** How many proofs it carries. */
  get proofs(): number {
    return [...this.#maps.values()].reduce((sum, { openings }) => sum + openings.size, this.#vault.size);
  }

  write(writer: ByteWriter): void {
    writeHeader(this.header, writer);
    writer.bool(this.seed !== undefined);
    if (this.seed) writer.word(this.seed);
    this.code.write(writer);
    writer.u8(this.slotHeaders.length);
    for (const slot of this.slotHeaders) {
      writeSlotHeader(slot, writer);
      if (slot.kind === 'map') writeMap(this.#maps.get(slot.name), writer);
    }
    this.#vault.write(writer);
  }
  /** Throws `FormatError`, also for what does not belong to the header. */
  static read(reader: ByteReader): PartialAccount {
    const header = readHeader(reader);
    const seed = reader.bool() ? reader.word() : undefined;
    if ((header.nonce === 0n) !== (seed !== undefined)) reader.fail('a new account has a seed, and no other');
    const code = AccountCode.read(reader);
    if (!wordsEqual(code.commitment, header.codeCommitment))
      reader.fail('its code is not that of its header');
    const maps = new Map<string, OpenedMap>();
    const slotHeaders = Array.from({ length: reader.u8() }, () => {
      const slot = readSlotHeader(reader);
      if (slot.kind === 'map') maps.set(slot.name, readMap(reader, slot.value));
      return slot;
    });
    if (!wordsEqual(storageCommitment(slotHeaders), header.storageCommitment))
      reader.fail('its storage is not that of its header');
    const vault = Openings.read(reader, header.vaultRoot);
    return new PartialAccount({ header, code, slotHeaders, ...(seed && { seed }) }, vault, maps);
  }
}

function writeMap(map: OpenedMap | undefined, writer: ByteWriter): void {
  writer.bool(map?.whole !== undefined);
  if (map?.whole) writeEntries(map.whole, writer);
  (map?.openings ?? new Openings()).write(writer);
}

function readMap(reader: ByteReader, root: Word): OpenedMap {
  const whole = reader.bool() ? StorageMap.read(reader) : undefined;
  if (whole && !wordsEqual(whole.root, root)) reader.fail('a map is not that of its slot');
  return { openings: Openings.read(reader, root), ...(whole && { whole: whole.entries }) };
}
