import assert from 'node:assert/strict';
import type { Claim } from '../../../core/stark/proof/claim.ts';
import { hashing } from '../hashing.ts';
import { readStarkProof } from '../proof.ts';
import { shapeOf } from '../shape.ts';
import { verifyStark } from '../stark.ts';
import { type Case, fileVerdicts, type Verdict, verdicts } from './both.ts';
import { layout } from './layout.ts';
import { lies } from './liars.ts';
import { damages, dice, encode, mutations } from './mutations.ts';
import { others } from './others.ts';
import { lie, proveToy, type ToyCase } from './toys.ts';

/** Compares two verifiers: they accept the same and refuse the same for the same reason. Counts what they said. */
export class Agreement {
  readonly tally = new Map<Verdict, number>();

  get compared(): number {
    return [...this.tally.values()].reduce((a, b) => a + b, 0);
  }

  /** The verdict of both on the bytes of a STARK proof. */
  on(of: Case, stark: Uint8Array, name: string): Verdict {
    return this.#count(verdicts(of, stark), name);
  }
  /** The same on the file of a private proof. */
  onFile(claim: Claim, file: Uint8Array, name: string): Verdict {
    return this.#count(fileVerdicts(claim, file), name);
  }
  #count([ours, theirs]: readonly [Verdict, Verdict], name: string): Verdict {
    assert.equal(ours, theirs, name);
    this.tally.set(ours, (this.tally.get(ours) ?? 0) + 1);
    return ours;
  }
  onAccepted(of: Case, stark: Uint8Array, name: string): void {
    assert.equal(this.on(of, stark, name), 'accepted', name);
  }
  onRefused(of: Case, stark: Uint8Array, name: string): void {
    assert.notEqual(this.on(of, stark, name), 'accepted', name);
  }

  /** An honest proof, and what becomes of it when it is changed anywhere; tried is about 1 change in `thin`. */
  onMutations(of: Case, stark: Uint8Array, seed: number, thin = 1): void {
    this.onAccepted(of, stark, 'honest');
    const roll = dice(seed);
    const { said, shape, regions } = parsed(of, stark);
    for (const { name, said: changed } of mutations(said, shape, regions, roll)) {
      if (roll(thin) > 0) continue;
      // Where no work is asked for, nothing depends on the nonce: no official transcript observes it then.
      const free = name.startsWith('work') && of.parameters.queryWork === 0;
      if (free) this.onAccepted(of, encode(changed), name);
      else this.onRefused(of, encode(changed), name);
    }
    for (const [name, bytes] of damages(stark, roll)) if (roll(thin) === 0) this.onRefused(of, bytes, name);
  }

  /** An honest proof, when another statement or other parameters are asked for. */
  onOthers(of: Case, stark: Uint8Array): void {
    for (const [name, other] of others(of)) this.onRefused(other, stark, name);
  }

  /** What liars prove; `values` columns have their values lied about. */
  async onLies(of: ToyCase, values: number): Promise<void> {
    const { shape } = parsed(of, await proveToy(of, 0));
    const columns = shape.trees.flatMap(({ widths }) => widths).reduce((a, b) => a + b);
    this.onAccepted(of, await lie(of, {}), 'no lie');
    for (const [name, told] of lies(of, columns, values)) this.onRefused(of, await lie(of, told), name);
  }
}

/** What a proof that is accepted says, and where. */
function parsed({ relation, parameters, theirs }: Case, stark: Uint8Array) {
  const { hash } = theirs.profile;
  const said = readStarkProof(stark, hash);
  const shape = shapeOf(relation, parameters, said.logHeights, hashing(hash).alignment);
  const sums = parameters.hiding ? 0 : relation.airs.length;
  return { said, shape, regions: layout(shape, sums, verifyStark(relation, parameters, said)) };
}
