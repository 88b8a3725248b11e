import { FOLD } from '../../../shaders/open.ts';
import * as F from '../../field/felt.ts';
import { inverseNtt } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { highDegree } from '../errors.ts';
import { FRI_ARITY } from '../fri-fold.ts';
import { reverseBits } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import type { Twiddles } from './ntt.ts';
import { absorb, openStates, Tree } from './tree.ts';
import type { Work } from './work.ts';

export const FRI_WIDTH = 2 * FRI_ARITY;

/**
 * A codeword of 2^log extension values in bit-reversed order, kept as its leaves: row r holds positions 4r to 4r + 3 in
 * eight columns, which are f(s), f(-s), f(is), f(-is).
 */
export interface Codeword {
  readonly buffer: GPUBuffer;
  readonly log: number;
}

/** The tree over a codeword's leaves. */
export async function commitCodeword(work: Work, hash: ProofHash, { buffer, log }: Codeword): Promise<Tree> {
  const logRows = log - 2;
  const leaves = Tree.leaves(work, logRows);
  const opening = openStates(work, hash, [FRI_WIDTH]);
  const rows = { first: 0, count: 2 ** logRows };
  await absorb(work, hash, { buffer, base: 0, stride: rows.count }, FRI_WIDTH, rows, opening, leaves);
  work.free(opening.buffer);
  return Tree.over(work, hash, leaves);
}

/** The codeword a quarter as long, in a new buffer. */
export async function foldCodeword(
  work: Work,
  twiddles: Twiddles,
  { buffer, log }: Codeword,
  beta: QuadFelt,
): Promise<Codeword> {
  const rows = 2 ** (log - 2);
  const out = work.allocate(16 * rows);
  await work.run({
    kernel: FOLD,
    buffers: { leaves: buffer, inverseRoots: twiddles.inverses, out },
    params: { rows, beta, fourthRoot: F.rootOfUnity(2), quarter: F.inv(4n) },
    groups: Math.ceil(rows / 64),
    cost: 64 * 16,
  });
  return { buffer: out, log: log - 2 };
}

/**
 * Coefficients, highest first, of the polynomial that the codeword comes from: `length` of them. Where that is more than
 * the rate leaves, 2^logLength, all of the codeword is interpolated; throws `faulty-backend` if it has more.
 */
export async function finalPolynomial(
  work: Work,
  { buffer, log }: Codeword,
  length: number,
  logLength: number,
): Promise<QuadFelt[]> {
  const rows = 2 ** (log - 2);
  const words = new BigUint64Array((await work.read(buffer, 0, 16 * 2 ** log)).slice().buffer);
  const logPoints = length > 2 ** logLength ? log : logLength;
  // The first positions are the subgroup of that order.
  const [c0, c1] = [0, 1].map((half) => {
    const values = new BigUint64Array(2 ** logPoints);
    for (let i = 0; i < values.length; i++) {
      const q = reverseBits(i, logPoints);
      values[i] = words[(2 * (q % FRI_ARITY) + half) * rows + Math.floor(q / FRI_ARITY)];
    }
    inverseNtt(values, logPoints);
    const highest = values.findLastIndex((coefficient) => coefficient !== 0n);
    if (highest >= length) throw highDegree(`${highest + 1} coefficients, ${length} at most are right`);
    return values;
  });
  return Array.from({ length }, (_, i): QuadFelt => [c0[i], c1[i]]).reverse();
}
