import { ByteReader, ByteWriter } from '../bytes.ts';
import { type Word, wordsEqual } from '../hash/word.ts';
import { EMPTY_ROOTS, SMT_DEPTH } from './empty.ts';
import { type MerklePath, pathRoot } from './path.ts';
import { leafIndex, SmtLeaf } from './smt-leaf.ts';

/** A leaf of a sparse Merkle tree with its path: shows what a key maps to, or that it maps to nothing. */
export class SmtProof {
  /** 64 siblings, the leaf's own first. */
  readonly path: MerklePath;
  readonly leaf: SmtLeaf;

  constructor(path: MerklePath, leaf: SmtLeaf) {
    this.path = path;
    this.leaf = leaf;
  }

  /** The root this proof belongs to. */
  get root(): Word {
    return pathRoot(this.leaf.hash, this.leaf.index, this.path);
  }

  /** The value of `key`, or `undefined` if the proof is about another leaf and says nothing of it. */
  get(key: Word): Word | undefined {
    return leafIndex(key) === this.leaf.index ? this.leaf.get(key) : undefined;
  }

  /** Whether, under `root`, `key` has `value` (the empty word: is absent). */
  verify(root: Word, key: Word, value: Word): boolean {
    const own = this.get(key);
    return (
      this.path.length === SMT_DEPTH &&
      own !== undefined &&
      wordsEqual(own, value) &&
      wordsEqual(this.root, root)
    );
  }

  /** Siblings that are not empty subtrees, leaf first, and the mask of those that are (bit i: depth i + 1). */
  get sparse(): { readonly emptyNodesMask: bigint; readonly nodes: readonly Word[] } {
    let emptyNodesMask = 0n;
    const nodes = this.path.filter((node, height) => {
      if (!wordsEqual(node, EMPTY_ROOTS[height])) return true;
      emptyNodesMask |= 1n << BigInt(SMT_DEPTH - 1 - height);
      return false;
    });
    return { emptyNodesMask, nodes };
  }

  toBytes(): Uint8Array {
    const { emptyNodesMask, nodes } = this.sparse;
    const out = new ByteWriter().u8(SMT_DEPTH).u64(emptyNodesMask);
    for (const node of nodes) out.word(node);
    this.leaf.write(out);
    return out.finish();
  }

  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): SmtProof {
    const r = new ByteReader(bytes, 'sparse Merkle proof');
    if (r.u8() !== SMT_DEPTH) r.fail('its path does not have 64 levels');
    const mask = r.u64();
    const path: Word[] = [];
    for (let height = 0; height < SMT_DEPTH; height++) {
      const empty = (mask >> BigInt(SMT_DEPTH - 1 - height)) & 1n;
      path.push(empty ? EMPTY_ROOTS[height] : r.word());
    }
    const leaf = SmtLeaf.read(r);
    r.end();
    return new SmtProof(path, leaf);
  }
}
