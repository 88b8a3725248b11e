import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { compareWords, type Word, wordKey } from '../../hash/word.ts';
import { SmtProof } from '../../merkle/smt-proof.ts';

/** A key, a length, and a proof's length, mask and empty leaf. */
const MIN_BYTES = 50;
const MAX_PROOF_BYTES = 2 ** 17;

/** Proofs from one tree, by the keys that they are about. */
export class Openings {
  readonly #proofs = new Map<string, readonly [key: Word, proof: SmtProof]>();

  get(key: Word): SmtProof | undefined {
    return this.#proofs.get(wordKey(key))?.[1];
  }
  set(key: Word, proof: SmtProof): SmtProof {
    this.#proofs.set(wordKey(key), [key, proof]);
    return proof;
  }
  get size(): number {
    return this.#proofs.size;
  }

  write(writer: ByteWriter): void {
    const sorted = [...this.#proofs.values()].sort((a, b) => compareWords(a[0], b[0]));
    writer.vint(sorted.length);
    for (const [key, proof] of sorted) {
      const bytes = proof.toBytes();
      writer.word(key).vint(bytes.length).bytes(bytes);
    }
  }
  /** Throws `FormatError`, also for a proof that is of another tree or of another key. */
  static read(reader: ByteReader, root: Word): Openings {
    const openings = new Openings();
    let last: Word | undefined;
    for (let left = reader.count(MIN_BYTES); left > 0; left--) {
      const key = reader.word();
      if (last && compareWords(last, key) >= 0) reader.fail('the keys of its proofs are not in order');
      last = key;
      const proof = SmtProof.fromBytes(reader.bytes(reader.count(1, MAX_PROOF_BYTES)));
      const value = proof.get(key);
      if (!value || !proof.verify(root, key, value)) reader.fail('a proof does not lead to its tree');
      else openings.set(key, proof);
    }
    return openings;
  }
}
