import { parseArgs } from 'node:util';
import type { Word } from '../core/hash/word.ts';
import { Smt } from '../core/merkle/smt.ts';
import type { SmtEntry } from '../core/merkle/smt-leaf.ts';
import { PlainSmt } from '../test/plain-smt.ts';

/**
 * The sparse Merkle tree against its plain twin (`test/plain-smt.ts`), one after the other in one process. Processor time, so that
 * other load on the machine does not count. Keys are evenly spread, as hashed ones are.
 * Usage: npm run bench:merkle -- [--entries 100000] [--batch 10000] [--no-plain]
 * A plain tree takes 12 KiB and a quarter of a millisecond per entry: leave it out for large ones.
 */
const { values } = parseArgs({
  allowNegative: true,
  options: {
    entries: { type: 'string', default: '100000' },
    batch: { type: 'string', default: '10000' },
    plain: { type: 'boolean', default: true },
  },
});
const [entries, batch] = [Number(values.entries), Number(values.batch)];
const OPENINGS = 10_000;

/** Entries with evenly spread elements (SplitMix64), the same for the same seed. */
function list(n: number, seed: bigint): SmtEntry[] {
  let state = seed << 32n;
  const element = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return (z ^ (z >> 31n)) >> 1n;
  };
  const word = (): Word => [element(), element(), element(), element()];
  return Array.from({ length: n }, () => [word(), word()]);
}

/** Processor time of the work, ms. */
function time(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3;
}

function memory(): number {
  // The second one waits for the first to have given back what arrays had.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface Tree {
  readonly root: Word;
  open(key: Word): unknown;
}

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly measured: number[];
}

const batches = [list(batch, 2n), list(batch, 3n)];
const absent = list(OPENINGS, 4n).map(([key]) => key);
const row = (name: string, unit: string): Row => ({ name, unit, measured: [] });
const rows = {
  build: row(`build of ${entries}`, 'ms'),
  insert: row(`${batch} more, its arrays grow`, 'ms'),
  again: row(`${batch} more, they need not`, 'ms'),
  single: row('one changed, and the root', 'us'),
  open: row('open a present key', 'us'),
  absent: row('open an absent key', 'us'),
  memory: row('memory per entry', 'bytes'),
};
const roots: string[] = [];

function measure<T extends Tree>(
  make: (list: SmtEntry[]) => T,
  insertMany: (tree: T, list: SmtEntry[]) => void,
  insert: (tree: T, entry: SmtEntry) => void,
): void {
  // The list is gone when the tree is measured: garbage collection would have to walk through it.
  const before = memory();
  const base = list(entries, 1n);
  let tree!: T;
  rows.build.measured.push(
    time(() => {
      tree = make(base);
      tree.root;
    }),
  );
  base.length = 0;
  rows.memory.measured.push((memory() - before) / entries);
  for (const [i, { measured }] of [rows.insert, rows.again].entries()) {
    measured.push(
      time(() => {
        insertMany(tree, batches[i]);
        tree.root;
      }),
    );
  }
  const each = (keys: readonly Word[]): number => {
    const took = time(() => {
      for (const key of keys) tree.open(key);
    });
    return (1e3 * took) / keys.length;
  };
  rows.open.measured.push(each(batches[0].map(([key]) => key)));
  rows.absent.measured.push(each(absent));
  const singles = batches[0].slice(0, 1000).map(([key], i): SmtEntry => [key, absent[i]]);
  const alone = time(() => {
    for (const entry of singles) {
      insert(tree, entry);
      tree.root;
    }
  });
  rows.single.measured.push((1e3 * alone) / singles.length);
  roots.push(tree.root.join());
}

if (!globalThis.gc)
  throw new Error('Run it with --expose-gc, as npm run bench:merkle does: memory is measured.');
// Compiles what is measured.
for (const warm of [new Smt(list(3000, 5n)), new PlainSmt(list(3000, 5n))]) {
  for (const entry of list(1000, 6n)) warm.insert(...entry);
  for (const [key] of list(1000, 7n)) warm.open(key);
}
if (values.plain) {
  measure(
    (l) => new PlainSmt(l),
    (tree, l) => {
      for (const [key, value] of l) tree.insert(key, value);
    },
    (tree, [key, value]) => tree.insert(key, value),
  );
}
measure(
  (l) => new Smt(l),
  (tree, l) => tree.insertMany(l),
  (tree, [key, value]) => tree.insert(key, value),
);
if (new Set(roots).size !== 1) throw new Error('The two trees differ.');

console.log(values.plain ? '| | plain | compact | ratio |\n|---|---|---|---|' : '| | compact |\n|---|---|');
for (const { name, unit, measured } of Object.values(rows)) {
  const cells = measured.map((x) => `${x.toPrecision(3)} ${unit}`);
  const ratio = measured.length > 1 ? ` ${(measured[0] / measured[1]).toPrecision(2)} |` : '';
  console.log(`| ${name} | ${cells.join(' | ')} |${ratio}`);
}
