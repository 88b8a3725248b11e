import { inv, mul, pow, rootOfUnity } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import type { Channel } from './channel.ts';
import type { Hashing } from './hashing.ts';
import { horner } from './point.ts';
import { demand } from './rejection.ts';
import { LOG_ARITY } from './shape.ts';
import { distinct, openTree } from './tree.ts';

/** What a prover commits to while it folds a codeword. */
export interface Folding {
  readonly rounds: readonly { readonly root: Uint8Array; readonly challenge: Q.QuadFelt }[];
  /** Highest coefficient first. */
  readonly final: readonly Q.QuadFelt[];
}

export function readFolding(channel: Channel, work: number, rounds: number, finalLength: number): Folding {
  const read = Array.from({ length: rounds }, () => {
    const root = channel.commitment();
    channel.work(work);
    return { root, challenge: channel.sample() };
  });
  return { rounds: read, final: channel.extensions(finalLength) };
}

const I = rootOfUnity(LOG_ARITY);

/**
 * sum_j b^j f_j(s^4) for f = sum_j X^j f_j(X^4), from f(s), f(-s), f(is), f(-is): f_j(s^4) is the mean of x^-j f(x)
 * over these four points x.
 */
function fold(values: readonly Q.QuadFelt[], s: bigint, b: Q.QuadFelt): Q.QuadFelt {
  const points = [s, mul(s, I ** 2n), mul(s, I), mul(s, I ** 3n)];
  const parts = [3n, 2n, 1n, 0n].map((j) => {
    const sum = values.reduce((t, v, k) => Q.add(t, Q.mulBase(v, pow(inv(points[k]), j))), Q.ZERO);
    return Q.mulBase(sum, inv(4n));
  });
  return horner(parts, b);
}

/**
 * Checks that a codeword of 2^logSize values, of which the queried ones are given by index, folds to the final
 * polynomial. FRI takes its values as if they stood on the subgroup itself, without a shift.
 */
export function checkFolding(
  channel: Channel,
  hashing: Hashing,
  logSize: number,
  { rounds, final }: Folding,
  codeword: ReadonlyMap<number, Q.QuadFelt>,
): void {
  let values = codeword;
  let log = logSize;
  for (const { root, challenge } of rounds) {
    const quarter = 2 ** (log - LOG_ARITY);
    const tree = { depth: log - LOG_ARITY, widths: [8], sent: [8], salt: 0 };
    const opened = openTree(channel, hashing, tree, root, distinct([...values.keys()]));
    const folded = new Map<number, Q.QuadFelt>();
    for (const [index, value] of values) {
      const cells = opened.get(index % quarter)!;
      const row = [0, 2, 4, 6].map((c): Q.QuadFelt => [cells[c], cells[c + 1]]);
      // Quarter q of the domain holds the points i^q s; a row lists f at s, -s, is, -is.
      const position = [0, 2, 1, 3][Math.floor(index / quarter)];
      demand(Q.equal(row[position], value), 'fri', `value ${index} of 2^${log}`);
      folded.set(index % quarter, fold(row, pow(rootOfUnity(log), BigInt(index % quarter)), challenge));
    }
    values = folded;
    log -= LOG_ARITY;
  }
  for (const [index, value] of values) {
    const x = Q.fromBase(pow(rootOfUnity(log), BigInt(index)));
    demand(Q.equal(horner(final, x), value), 'final-polynomial', `value ${index} of 2^${log}`);
  }
}
