import type { ByteReader, ByteWriter } from '../bytes.ts';
import { Domain } from '../hash/domains.ts';
import { hashFramed } from '../hash/eidos.ts';
import { compareWords, EMPTY_WORD, type Word, wordsEqual } from '../hash/word.ts';
import { MerkleError } from './errors.ts';

export type SmtEntry = readonly [key: Word, value: Word];

/** Entries one leaf may hold (miden-crypto, MAX_LEAF_ENTRIES). */
export const MAX_LEAF_ENTRIES = 1024;

/** Which leaf a key belongs to: its element 3 as an integer. */
export const leafIndex = (key: Word): bigint => key[3];

/** Throws `merkle-leaf-full`. */
export function checkLeafSize(size: number): void {
  if (size > MAX_LEAF_ENTRIES) {
    throw new MerkleError(
      'merkle-leaf-full',
      `A leaf holds at most ${MAX_LEAF_ENTRIES} entries, not ${size}.`,
    );
  }
}

/** All entries whose keys share element 3, in increasing key order. An empty leaf is the zero word. */
export class SmtLeaf {
  readonly index: bigint;
  readonly entries: readonly SmtEntry[];

  /** `entries` may come in any order. Throws `merkle-inconsistent` or `merkle-leaf-full`. */
  constructor(index: bigint, entries: readonly SmtEntry[]) {
    checkLeafSize(entries.length);
    this.index = index;
    this.entries = [...entries].sort((a, b) => compareWords(a[0], b[0]));
    this.entries.forEach(([key], i) => {
      if (leafIndex(key) !== index)
        throw new MerkleError('merkle-inconsistent', 'A key stands in a leaf it does not belong to.');
      if (i > 0 && wordsEqual(key, this.entries[i - 1][0])) {
        throw new MerkleError('merkle-inconsistent', 'A leaf has the same key twice.');
      }
    });
  }

  get(key: Word): Word {
    return this.entries.find(([k]) => wordsEqual(k, key))?.[1] ?? EMPTY_WORD;
  }

  /** This leaf with `key` set; the empty word removes it. */
  with(key: Word, value: Word): SmtLeaf {
    const rest = this.entries.filter(([k]) => !wordsEqual(k, key));
    return new SmtLeaf(this.index, wordsEqual(value, EMPTY_WORD) ? rest : [...rest, [key, value]]);
  }

  /** Keys and values one after the other: the preimage of {@link hash}. */
  get elements(): bigint[] {
    return this.entries.flatMap(([k, v]) => [...k, ...v]);
  }

  get hash(): Word {
    return this.entries.length === 0
      ? EMPTY_WORD
      : hashFramed(this.elements, Domain.SMT_BUCKET_LEAF, this.entries.length);
  }

  write(out: ByteWriter): void {
    out.vint(this.entries.length).u64(this.index);
    for (const [key, value] of this.entries) out.word(key).word(value);
  }

  static read(r: ByteReader): SmtLeaf {
    const count = r.count(64, MAX_LEAF_ENTRIES);
    const index = r.felt();
    const entries: SmtEntry[] = [];
    for (let i = 0; i < count; i++) {
      const [key, value] = [r.word(), r.word()];
      if (leafIndex(key) !== index) r.fail('a key stands in a leaf it does not belong to');
      if (i > 0 && compareWords(entries[i - 1][0], key) >= 0)
        r.fail('the keys of a leaf are not in increasing order');
      if (wordsEqual(value, EMPTY_WORD)) r.fail('a leaf holds an empty value');
      entries.push([key, value]);
    }
    return new SmtLeaf(index, entries);
  }
}
