import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { compareWords, EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import { Smt } from '../../merkle/smt.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';

export type MapEntry = readonly [key: Word, value: Word];

/** The key of an entry's leaf: raw keys are chosen by users, who must not choose places in the tree. */
export const mapKey = (key: Word): Word => commit(ProtocolDomain.STORAGE_MAP_KEY, key);

/** Entries in the order of raw keys: a map's bytes. */
export function writeEntries(entries: readonly MapEntry[], writer: ByteWriter): void {
  writer.vint(entries.length);
  for (const [key, value] of entries) writer.word(key).word(value);
}

/** A map in an account's storage: a sparse Merkle tree from hashed keys to values, raw keys beside it. */
export class StorageMap {
  #tree: Smt;
  #entries: Map<string, MapEntry>;

  /** Entries with an empty value are left out. Throws `account-storage` if a key comes twice. */
  constructor(entries: Iterable<MapEntry> = []) {
    this.#entries = new Map();
    for (const entry of entries) {
      const key = wordKey(entry[0]);
      if (this.#entries.has(key)) throw new ProtocolError('account-storage', 'A map has a key twice.');
      if (!wordsEqual(entry[1], EMPTY_WORD)) this.#entries.set(key, entry);
    }
    this.#tree = new Smt(Array.from(this.#entries.values(), ([key, value]) => [mapKey(key), value] as const));
  }

  get root(): Word {
    return this.#tree.root;
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: Word): Word {
    return this.#entries.get(wordKey(key))?.[1] ?? EMPTY_WORD;
  }
  /** Sets a value, the empty word removes the entry; returns the old one. */
  set(key: Word, value: Word): Word {
    if (wordsEqual(value, EMPTY_WORD)) this.#entries.delete(wordKey(key));
    else this.#entries.set(wordKey(key), [key, value]);
    return this.#tree.insert(mapKey(key), value);
  }
  open(key: Word): SmtProof {
    return this.#tree.open(mapKey(key));
  }
  /** In the order of raw keys. */
  get entries(): MapEntry[] {
    return [...this.#entries.values()].sort((a, b) => compareWords(a[0], b[0]));
  }
  clone(): StorageMap {
    const copy = new StorageMap();
    copy.#entries = new Map(this.#entries);
    copy.#tree = this.#tree.clone();
    return copy;
  }

  write(writer: ByteWriter): void {
    writeEntries(this.entries, writer);
  }
  static read(reader: ByteReader): StorageMap {
    const entries = Array.from({ length: reader.count(64) }, (): MapEntry => [reader.word(), reader.word()]);
    for (const [i, [key, value]] of entries.entries()) {
      if (wordsEqual(value, EMPTY_WORD)) reader.fail('a map holds an empty value');
      if (i > 0 && compareWords(entries[i - 1][0], key) >= 0)
        reader.fail('the keys of a map are not in order');
    }
    return new StorageMap(entries);
  }
}
