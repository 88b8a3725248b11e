import * as F from '../../field/felt.ts';
import { inverseNtt } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { highDegree } from '../errors.ts';
import { FRI_ARITY } from '../fri-fold.ts';
import { reverseBits } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { montgomeryQuad } from './montgomery.ts';
import type { Pool, RunOptions } from './pool.ts';
import { absorbTask, CommittedTree, openStates, SAME_STATE, treeBytes } from './tree.ts';

const ROWS_PER_JOB = 2048;
export const FRI_WIDTH = 2 * FRI_ARITY;

/**
 * A codeword of 2^log extension values in bit-reversed order, kept as its leaves: row r holds positions 4r to 4r + 3 in
 * eight columns, which are f(s), f(-s), f(is), f(-is).
 */
export interface Codeword {
  readonly address: number;
  readonly log: number;
}

export const codewordBytes = (log: number): number => 16 * 2 ** log;

/** Bytes that DEEP and all FRI rounds take at most, for a first codeword of 2^log: values, codewords, trees. */
export const friBytes = (log: number): number => 48 * 2 ** log + 2 ** 22;

const rowsOf = ({ log }: Codeword): number => 2 ** log / FRI_ARITY;

/** The tree over a codeword's leaves. */
export async function commitCodeword(
  pool: Pool,
  hash: ProofHash,
  codeword: Codeword,
  options: RunOptions,
): Promise<CommittedTree> {
  const rows = rowsOf(codeword);
  const logLeaves = Math.log2(rows);
  const leaves = pool.allocate(treeBytes(logLeaves));
  const opening = pool.allocate(32);
  openStates(pool, opening, hash, [FRI_WIDTH]);
  const columns = { address: codeword.address, stride: 8 * rows, width: FRI_WIDTH, rows };
  await pool.run([absorbTask(hash, columns, { address: opening, shift: SAME_STATE }, leaves)], options);
  return CommittedTree.overLeaves(pool, hash, leaves, logLeaves, options);
}

/** The codeword a quarter as long, in new memory. */
export async function foldCodeword(
  pool: Pool,
  codeword: Codeword,
  beta: QuadFelt,
  options: RunOptions,
): Promise<Codeword> {
  const rows = rowsOf(codeword);
  const log = codeword.log - 2;
  const folded = { address: pool.allocate(codewordBytes(log)), log };
  const inverseRoot = F.inv(F.rootOfUnity(codeword.log));
  const params = [codeword.address, log, inverseRoot, ...montgomeryQuad(beta), folded.address];
  await pool.run([{ kernel: 'friFold', params, jobs: Math.ceil(rows / ROWS_PER_JOB) }], options);
  return folded;
}

/**
 * Coefficients, highest first, of the polynomial of `length` of them that the codeword comes from. Where that is no power of
 * two, throws `faulty-backend` if there are more.
 */
export function finalPolynomial(
  pool: Pool,
  codeword: Codeword,
  logLength: number,
  length: number,
): QuadFelt[] {
  const rows = rowsOf(codeword);
  const words = pool.words(codeword.address, FRI_WIDTH * rows);
  // The first positions are the subgroup of that order.
  const log = length === 2 ** logLength ? logLength : codeword.log;
  const [c0, c1] = [0, 1].map((half) => {
    const values = new BigUint64Array(2 ** log);
    for (let i = 0; i < values.length; i++) {
      const q = reverseBits(i, log);
      values[i] = words[(2 * (q % FRI_ARITY) + half) * rows + Math.floor(q / FRI_ARITY)];
    }
    inverseNtt(values, log);
    const highest = values.findLastIndex((coefficient) => coefficient !== 0n);
    if (highest >= length) throw highDegree(`${highest + 1} coefficients, ${length} at most are right`);
    return values;
  });
  return Array.from({ length }, (_, i): QuadFelt => [c0[i], c1[i]]).reverse();
}
