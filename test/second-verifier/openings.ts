import { type Felt, mul, pow, rootOfUnity } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import type { Channel } from './channel.ts';
import { checkFolding, readFolding } from './fri.ts';
import type { Hashing } from './hashing.ts';
import { cosetShift, horner } from './point.ts';
import type { Parameters } from './relation.ts';
import type { Shape } from './shape.ts';
import { distinct, openTree } from './tree.ts';

/** What the prover claims: all columns of all trees, padding included, at each of two points. */
export interface Claimed {
  readonly roots: readonly Uint8Array[];
  readonly points: readonly Q.QuadFelt[];
  readonly rows: readonly (readonly Q.QuadFelt[])[];
}

/**
 * DEEP and FRI: the committed columns are polynomials of bounded degree that have the claimed values. Returns the
 * queried indices, ascending.
 */
export function checkOpenings(
  channel: Channel,
  hashing: Hashing,
  parameters: Parameters,
  { logDomain, trees, rounds, finalLength }: Shape,
  { roots, points, rows }: Claimed,
): readonly number[] {
  channel.work(parameters.deepWork);
  const [columnChallenge, pointChallenge] = [channel.sample(), channel.sample()];
  // The first column has the highest power; so has the first coefficient of the final polynomial.
  const claimed = rows.map((row) => horner(row, columnChallenge));
  const folding = readFolding(channel, parameters.foldingWork, rounds, finalLength);
  channel.work(parameters.queryWork);
  const queries = Array.from({ length: parameters.queries }, () => channel.transcript.sampleBits(logDomain));
  const indices = distinct(queries);
  const opened = trees.map((tree, t) => openTree(channel, hashing, tree, roots[t], indices));

  const codeword = new Map<number, Q.QuadFelt>();
  for (const index of indices) {
    const row: readonly Felt[] = trees.flatMap(({ depth }, t) => opened[t].get(index % 2 ** depth)!);
    const value = horner(row.map(Q.fromBase), columnChallenge);
    const x = Q.fromBase(mul(cosetShift(logDomain), pow(rootOfUnity(logDomain), BigInt(index))));
    // sum_j delta^j (F(z_j) - F(x)) / (z_j - x), highest power first.
    const quotients = points.map((z, j) => Q.mul(Q.sub(claimed[j], value), Q.inv(Q.sub(z, x))));
    codeword.set(index, horner(quotients.reverse(), pointChallenge));
  }
  checkFolding(channel, hashing, logDomain, folding, codeword);
  return indices;
}
