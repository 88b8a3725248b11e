import { KilnError } from '../../errors.ts';
import { type Felt, isCanonical } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { innerNodeCount, Smt } from '../../merkle/smt.ts';
import { leafIndex, type SmtEntry } from '../../merkle/smt-leaf.ts';
import { MerkleTree } from '../../merkle/tree.ts';
import { DEFAULT_LIMITS } from '../options.ts';
import type { AdviceInputs, InnerNode } from './inputs.ts';

/** An advice file does not have the form it must have. */
export class AdviceFileError extends KilnError {
  constructor(details: string) {
    super('advice-file', 'The advice file cannot be used.', {
      details,
      advice:
        'It is a JSON object with any of: "stack" [felt..], "map" [[word, [felt..]]..], "trees" [[word..]..], ' +
        '"smts" [[[key, value]..]..]; a felt is a decimal string, a word is four of them.',
    });
  }
}

/** More do not fit the advice: a node counts 96 bytes. */
const MAX_NODES = Math.floor(DEFAULT_LIMITS.maxAdviceBytes / 96);
const PARTS = ['stack', 'map', 'trees', 'smts'];

/**
 * Reads the JSON form of advice: `stack`, next element first; `map` from words to elements; `trees`, full Merkle trees
 * by their leaves; `smts`, sparse Merkle trees by their entries, whose leaves' entries go into the map under the
 * leaves' digests. Each part may be absent. Throws {@link AdviceFileError}.
 */
export function readAdvice(json: unknown): AdviceInputs {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail('it is not an object');
  const unknown = Object.keys(json).find((key) => !PARTS.includes(key));
  if (unknown !== undefined) fail(`"${unknown}" is not a part of advice`);
  const part = (name: string): readonly unknown[] =>
    list((json as Record<string, unknown>)[name] ?? [], name);

  const map: [Word, readonly Felt[]][] = part('map').map((entry) => {
    const [key, values] = pair(entry, 'map');
    return [word(key), list(values, 'map').map(felt)];
  });
  const nodes: InnerNode[] = [];
  /** Before a tree is built, which takes far more than to read its leaves. */
  const makeRoom = (more: number): void => {
    if (nodes.length + more > MAX_NODES) fail(`its trees have more than ${MAX_NODES} inner nodes`);
  };
  const keep = (inner: Iterable<InnerNode>): void => {
    for (const node of inner) nodes.push(node);
  };
  for (const tree of part('trees')) {
    const leaves = list(tree, 'trees');
    makeRoom(leaves.length);
    keep(wrap(() => new MerkleTree(leaves.map(word))).innerNodes());
  }
  for (const tree of part('smts')) {
    const entries = list(tree, 'smts').map((entry): SmtEntry => {
      const [key, value] = pair(entry, 'smts');
      return [word(key), word(value)];
    });
    makeRoom(innerNodeCount(new Set(entries.map(([key]) => leafIndex(key)))));
    const smt = wrap(() => new Smt(entries));
    keep(smt.innerNodes());
    for (const leaf of smt.leaves())
      map.push([leaf.hash, leaf.entries.flatMap(([key, value]) => [...key, ...value])]);
  }
  return { stack: part('stack').map(felt), map, nodes };
}

function fail(details: string): never {
  throw new AdviceFileError(details);
}

/** Errors of the trees as errors of the file. */
function wrap<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof KilnError) fail(error.message);
    throw error;
  }
}

function list(json: unknown, part: string): readonly unknown[] {
  return Array.isArray(json) ? json : fail(`"${part}" does not have the form it should have`);
}

function pair(json: unknown, part: string): readonly [unknown, unknown] {
  const [first, second, ...rest] = list(json, part);
  if (first === undefined || second === undefined || rest.length > 0)
    fail(`"${part}" holds something that is no pair`);
  return [first, second];
}

function felt(json: unknown): Felt {
  if (typeof json !== 'string') fail(`a field element is a ${typeof json}, not a string`);
  if (!/^\d{1,20}$/.test(json))
    fail(`${JSON.stringify(json.slice(0, 30))} is not a decimal number of 20 digits`);
  const value = BigInt(json);
  return isCanonical(value) ? value : fail(`${json} is not below 2^64 - 2^32 + 1`);
}

function word(json: unknown): Word {
  const elements = list(json, 'word').map(felt);
  if (elements.length !== 4) fail(`a word has four elements, not ${elements.length}`);
  const [a, b, c, d] = elements;
  return [a, b, c, d];
}
