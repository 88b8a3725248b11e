import assert from 'node:assert/strict';
import type { Profile } from '../../../core/stark/profile.ts';
import { readStarkProof } from '../../../core/stark/proof/stark-proof.ts';
import { verifyStark } from '../../../core/stark/verifier.ts';
import { byLeaves, bySums, type Distinguisher } from './distinguishers.ts';
import { Tally } from './tally.ts';
import { HIDING, OPEN, VERIFICATION } from './toy.ts';
import { type View, viewOf } from './view.ts';

/** A view further from randomness than this is no accident: probability 3 in 10 million per position. */
const LIMIT = 5;

type Labelled = readonly [which: 0 | 1, view: View];

/** Views of `count` proofs of each witness. */
async function* viewsOf(
  count: number,
  profile: Profile,
  missing: Partial<Profile> = {},
): AsyncGenerator<Labelled> {
  for (let i = 0; i < count; i++) {
    for (const which of [0, 1] as const) yield [which, await viewOf(which, i, profile, missing)];
  }
}

/** How many views agree with some witness but not all, and how often the one guessed is right. */
class Score {
  #views = 0;
  #right = 0;
  decided = 0;
  readonly #by: Distinguisher;
  constructor(by: Distinguisher) {
    this.#by = by;
  }
  add([which, view]: Labelled): void {
    const [first, second] = this.#by(view);
    const decided = first !== second;
    // Who cannot tell tosses a coin: a bit of a root.
    const guess = decided ? Number(second) : view.quotient.root[0] & 1;
    this.#views++;
    if (decided) this.decided++;
    if (guess === which) this.#right++;
  }
  get share(): number {
    return this.#right / this.#views;
  }
}

async function scored(by: Distinguisher, views: AsyncIterable<Labelled>): Promise<Score> {
  const score = new Score(by);
  for await (const labelled of views) score.add(labelled);
  return score;
}

/** Nothing tells proofs of two witnesses apart: no position's law, no recomputed sum, no recomputed leaf. */
export async function checkHiding(count: number): Promise<void> {
  const tally = new Tally();
  const scores = [bySums, byLeaves].map((by) => new Score(by));
  let proofs = 0;
  for await (const labelled of viewsOf(count, HIDING)) {
    const [which, view] = labelled;
    if (proofs++ < 4) verifyStark({ ...VERIFICATION, profile: HIDING }, readStarkProof(view.bytes, 'blake3'));
    tally.add(which, view);
    for (const score of scores) score.add(labelled);
  }
  const { positions, farthest, where, mean } = tally.summary();
  assert.ok(positions > 250, `${positions} positions`);
  assert.ok(farthest < LIMIT, `${where}: ${farthest} standard deviations`);
  assert.ok(Math.abs(mean) < LIMIT, `mean of all positions: ${mean}`);
  for (const { decided, share } of scores) {
    assert.equal(decided, 0);
    assert.ok(Math.abs(share - 0.5) < LIMIT * Math.sqrt(0.25 / proofs), `${share} of guesses are right`);
  }
}

/** The same methods see through proofs that lack something: else they would see nothing anywhere. */
export async function checkControls(count: number): Promise<void> {
  const farthest = async (missing: Partial<Profile>) => {
    const tally = new Tally();
    for await (const [which, view] of viewsOf(count, HIDING, missing)) tally.add(which, view);
    return tally.summary();
  };
  // A column that never changes shows itself without its mask.
  const unmasked = await farthest({ maskLength: 0 });
  assert.ok(unmasked.farthest > 2 * LIMIT, `${unmasked.farthest} standard deviations`);

  assert.equal((await scored(bySums, viewsOf(1, OPEN))).share, 1);
  assert.equal((await scored(byLeaves, viewsOf(1, OPEN))).share, 1);
  // Sums in the clear beside a proof that hides all else, or in a column without a mask.
  const told = async function* (views: AsyncIterable<Labelled>): AsyncGenerator<Labelled> {
    for await (const [which, view] of views) {
      const sums = new Uint8Array(BigUint64Array.from(view.sums.flat()).buffer);
      yield [which, { ...view, bytes: Buffer.concat([view.bytes, sums]) }];
    }
  };
  assert.equal((await scored(bySums, told(viewsOf(count, HIDING)))).share, 1);
  assert.equal((await scored(bySums, viewsOf(count, HIDING, { maskLength: 0 }))).share, 1);
  // Leaves without masks are known by their digests, but not when they have salts.
  assert.equal((await scored(byLeaves, viewsOf(count, HIDING, { maskLength: 0, saltWidth: 0 }))).share, 1);
  assert.equal((await scored(byLeaves, viewsOf(count, HIDING, { maskLength: 0 }))).decided, 0);
}
