import { MODULUS } from '../../../core/field/felt.ts';
import type { Shape } from '../shape.ts';
import type { Region } from './layout.ts';

/** What proof bytes say, with nothing checked: mutations may write what no reader accepts. */
export interface Said {
  readonly logHeights: readonly number[];
  readonly fields: readonly bigint[];
  /** 32 bytes each. */
  readonly digests: readonly Uint8Array[];
}

export interface Mutation {
  readonly name: string;
  readonly said: Said;
}

export function encode({ logHeights, fields, digests }: Said): Uint8Array {
  const bytes = new Uint8Array(24 + logHeights.length + 8 * fields.length + 32 * digests.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const u64 = (value: bigint) => {
    view.setBigUint64(at, value, true);
    at += 8;
  };
  u64(BigInt(logHeights.length));
  for (const height of logHeights) bytes[at++] = height;
  u64(BigInt(fields.length));
  for (const field of fields) u64(field);
  u64(BigInt(digests.length));
  for (const digest of digests) {
    bytes.set(digest, at);
    at += 32;
  }
  return bytes;
}

/** A small generator of numbers below a bound, the same for the same seed (mulberry32). */
export function dice(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

const replaced = <T>(list: readonly T[], at: number, value: T): T[] =>
  list.map((x, i) => (i === at ? value : x));
const swapped = <T>(list: readonly T[], i: number, j: number, length = 1): T[] => {
  const copy = [...list];
  for (let k = 0; k < length; k++) [copy[i + k], copy[j + k]] = [list[j + k], list[i + k]];
  return copy;
};

/** Changes of one honest proof, at places that `roll` chooses in each of its regions. */
export function* mutations(
  said: Said,
  shape: Shape,
  regions: readonly Region[],
  roll: (bound: number) => number,
): Generator<Mutation> {
  const { logHeights, fields, digests } = said;
  const changed = (name: string, change: Partial<Said>) => ({ name, said: { ...said, ...change } });

  for (const { name, from, length } of regions) {
    const at = from + roll(length);
    const value = fields[at];
    yield changed(`${name}: plus one`, { fields: replaced(fields, at, (value + 1n) % MODULUS) });
    const other = [0n, MODULUS - 1n, MODULUS - value, BigInt(roll(2 ** 32))][roll(4)] % MODULUS;
    if (other !== value) yield changed(`${name}: ${other}`, { fields: replaced(fields, at, other) });
    if (length > 1) {
      const next = from + ((at - from + 1) % length);
      if (fields[next] !== value) yield changed(`${name}: swapped`, { fields: swapped(fields, at, next) });
    }
  }
  const anywhere = roll(fields.length);
  const tooLarge = MODULUS + BigInt(roll(2 ** 32 - 1));
  yield changed('a field element that is not canonical', { fields: replaced(fields, anywhere, tooLarge) });
  for (const salt of regions.filter(({ name }) => name.includes('salt'))) {
    yield changed(`${salt.name}: not canonical`, {
      fields: replaced(fields, salt.from + roll(salt.length), MODULUS),
    });
    if (fields[salt.from] < 2n ** 32n - 1n)
      yield changed(`${salt.name}: the same residue`, {
        fields: replaced(fields, salt.from, fields[salt.from] + MODULUS),
      });
  }

  // Things of one kind in each other's place.
  for (const kind of ['salt', 'row'])
    for (const tree of ['main', 'aux', 'quotient', 'fixed', 'round 0']) {
      const [a, b] = regions.filter(({ name }) => name.startsWith(`${tree} ${kind}`));
      if (a && b)
        yield changed(`${tree}: two ${kind}s swapped`, { fields: swapped(fields, a.from, b.from, a.length) });
    }
  const half = 2 * shape.parts;
  for (const { name, from, length } of regions.filter((r) => /^quotient (at|row)/.test(r.name))) {
    const element = name.startsWith('quotient at') ? 2 : 1;
    if (length <= half * element) continue;
    const [first, second] = [from + half * element, from + (half + 1) * element];
    yield changed(`${name}: halves of the mask swapped`, { fields: swapped(fields, first, second, element) });
  }
  for (const group of ['main', 'aux', 'quotient']) {
    const [a, b] = regions.filter(({ name }) => name.startsWith(`${group} at`));
    yield changed(`${group}: both points swapped`, { fields: swapped(fields, a.from, b.from, a.length) });
  }

  for (const at of [0, 1, 2, roll(digests.length), roll(digests.length), digests.length - 1]) {
    const flipped = digests[at].slice();
    flipped[roll(32)] ^= 1 << roll(8);
    yield changed(`digest ${at}: a bit`, { digests: replaced(digests, at, flipped) });
  }
  yield changed('a digest of ones', {
    digests: replaced(digests, roll(digests.length), new Uint8Array(32).fill(255)),
  });
  const pair = roll(digests.length - 1);
  yield changed(`digests ${pair} swapped`, { digests: swapped(digests, pair, pair + 1) });

  for (const at of [0, roll(fields.length), fields.length]) {
    yield changed(`one more field element at ${at}`, { fields: fields.toSpliced(at, 0, BigInt(roll(9))) });
    if (at < fields.length)
      yield changed(`one field element less at ${at}`, { fields: fields.toSpliced(at, 1) });
  }
  yield changed('the last field element missing', { fields: fields.slice(0, -1) });
  const final = regions.find(({ name }) => name === 'final polynomial')!;
  yield changed('a longer final polynomial', { fields: fields.toSpliced(final.from, 0, 0n, 0n) });
  yield changed('a shorter final polynomial', { fields: fields.toSpliced(final.from, 2) });
  for (const at of [0, roll(digests.length), digests.length])
    yield changed(`one more digest at ${at}`, { digests: digests.toSpliced(at, 0, new Uint8Array(32)) });
  for (const at of [0, digests.length - 1])
    yield changed(`one digest less at ${at}`, { digests: digests.toSpliced(at, 1) });
  yield changed('one more digest, of ones', { digests: [...digests, new Uint8Array(32).fill(255)] });
  yield changed('nothing said', { fields: [], digests: [] });

  for (const [i, height] of logHeights.entries()) {
    for (const other of [0, height - 1, height + 1, 30, 255])
      yield changed(`height ${i}: ${other}`, { logHeights: replaced(logHeights, i, other) });
    yield changed(`height ${i}: left out`, { logHeights: logHeights.toSpliced(i, 1) });
  }
  yield changed('one more height', { logHeights: [...logHeights, 6] });
  yield changed('no heights', { logHeights: [] });
}

/** Bytes that are no proof at all. */
export function* damages(
  bytes: Uint8Array,
  roll: (bound: number) => number,
): Generator<[string, Uint8Array]> {
  for (const length of [0, 7, 8, 30, bytes.length - 1, roll(bytes.length), roll(bytes.length)])
    yield [`cut to ${length} bytes`, bytes.subarray(0, length)];
  const extended = new Uint8Array(bytes.length + 1);
  extended.set(bytes);
  yield ['a byte too many', extended];
  for (let i = 0; i < 12; i++) {
    const flipped = bytes.slice();
    const at = i < 4 ? roll(40) : roll(bytes.length);
    flipped[at] ^= 1 << roll(8);
    yield [`byte ${at} changed`, flipped];
  }
}
