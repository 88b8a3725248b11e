import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MODULUS } from '../../core/field/felt.ts';
import { hashBytes, hashElements } from '../../core/hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { Judge } from './judge.ts';
import { Random } from './random.ts';

const judge = new Judge();
after(() => judge.close());

const random = new Random(20_261);
/** Any element, often one near the modulus. */
const felt = (): bigint => {
  const high = BigInt(random.below(2 ** 32));
  const value = (high << 32n) | BigInt(random.below(2 ** 32));
  return random.below(8) === 0 ? MODULUS - 1n - BigInt(random.below(4)) : value % MODULUS;
};
const word = (): Word => [felt(), felt(), felt(), felt()];
const text = (elements: readonly bigint[]): string[] => elements.map(String);
/** Their own schedule of blocks: not what the official hash of a list does. */
const CUSTOM: readonly number[] = [ProtocolDomain.ACCOUNT_PATCH, ProtocolDomain.ACCOUNT_DELTA];
const OF_BYTES: readonly number[] = [ProtocolDomain.NON_FUNGIBLE_VALUE, ProtocolDomain.VALIDATOR_KEY];

test("hashes in each of the protocol's domains, of lists of many lengths", async () => {
  for (const tag of Object.values(ProtocolDomain).filter((each) => !CUSTOM.includes(each)))
    for (const length of [0, 1, 4, 7, 8, 9, 16, 24, 40, 100]) {
      if (OF_BYTES.includes(tag)) {
        const bytes = Array.from({ length }, () => random.below(256));
        const { digest, error } = await judge.ask({ op: 'hash', tag, bytes });
        assert.equal(error, undefined);
        assert.deepEqual(text(hashBytes(Uint8Array.from(bytes), tag)), digest);
      } else {
        const elements = Array.from({ length }, felt);
        const { digest, error } = await judge.ask({ op: 'hash', tag, elements: text(elements) });
        assert.equal(error, undefined);
        assert.deepEqual(text(hashElements(elements, tag)), digest);
      }
    }
});

test('sparse trees: random keys, keys that share a leaf or almost, entries removed, paths', async () => {
  for (let round = 0; round < 20; round++) {
    const near = word();
    const keys = Array.from({ length: 1 + 4 * round }, (_, i): Word => {
      const own = word();
      if (i % 3 === 0) return own;
      return [own[0], own[1], own[2], i % 3 === 1 ? near[3] : (near[3] ^ (1n << BigInt(i % 60))) % MODULUS];
    });
    const values = keys.map((_, i) => (i % 7 === 6 ? EMPTY_WORD : word()));
    // Some are set twice, the second time to nothing.
    const again = keys.filter((_, i) => i % 5 === 4);
    const allKeys = [...keys, ...again];
    const allValues = [...values, ...again.map(() => EMPTY_WORD)];
    const tree = new Smt();
    for (const [i, key] of allKeys.entries()) tree.insert(key, allValues[i]);
    const open = [...keys.slice(0, 4), word()];
    const answer = await judge.ask({
      op: 'smt',
      keys: allKeys.map(text),
      values: allValues.map(text),
      open: open.map(text),
    });
    assert.equal(answer.error, undefined);
    assert.deepEqual(text(tree.root), answer['root']);
    assert.deepEqual(
      open.map((key) => tree.open(key).path.map(text)),
      answer['paths'],
    );
  }
});

test('mountain ranges of every length to a hundred', async () => {
  const leaves = Array.from({ length: 100 }, word);
  const { commitments, error } = await judge.ask({ op: 'mmr', leaves: leaves.map(text) });
  assert.equal(error, undefined);
  const range = new Mmr();
  const own = [text(range.commitment())];
  for (const leaf of leaves) {
    range.add(leaf);
    own.push(text(range.commitment()));
  }
  assert.deepEqual(own, commitments);
});
