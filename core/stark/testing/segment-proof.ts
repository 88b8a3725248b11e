import type { AuxTrace } from '../../air/aux-trace.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';
import type { Profile } from '../profile.ts';
import type { StarkProof } from '../proof/stark-proof.ts';
import type { Statement } from '../statement.ts';
import { converse, written } from './liar.ts';
import { claimAir, segmented, truthAir } from './segments.ts';

/** A trace of these columns. */
export function matrix(...columns: readonly (readonly F.Felt[])[]): TraceMatrix {
  const height = columns[0].length;
  return { width: columns.length, height, rows: height, data: BigUint64Array.from(columns.flat()) };
}

/** The lookup columns of an AIR with one lookup, with these sums on its rows; the running sum follows. */
export function withSums({ matrix, sigma }: AuxTrace, sums: readonly QuadFelt[]): AuxTrace {
  const { height } = matrix;
  const data = matrix.data.slice();
  const running = (row: number): QuadFelt => [
    matrix.data[row % height],
    matrix.data[height + (row % height)],
  ];
  const put = (column: number, row: number, [c0, c1]: QuadFelt): void => {
    data[2 * column * height + row] = c0;
    data[(2 * column + 1) * height + row] = c1;
  };
  const sumColumn = matrix.width / 2 - 1;
  let total = Q.ZERO;
  for (let row = 0; row < height; row++) {
    put(0, row, total);
    put(sumColumn, row, sums[row]);
    const step = Q.add(Q.sub(running(row + 1), running(row)), sigma);
    total = Q.sub(Q.add(total, step), sums[row]);
  }
  return { matrix: { ...matrix, data }, sigma };
}

const [SHORT, TALL] = [7, 8];
const [n, N] = [2 ** SHORT, 2 ** TALL];

/** A proof and what a verifier must be told to check it, besides the profile. */
export interface SegmentProof {
  readonly airs: readonly Air[];
  readonly publicValues: readonly (readonly F.Felt[])[];
  readonly statement: Statement;
  readonly proof: StarkProof;
}

/**
 * A proof that the claimed value is 7. The short trace is committed at full height, so that every leaf has a row of its
 * own where an honest prover repeats one: two segments, with these multiplicities of the claim and each with its own
 * share of the hidden sum; the tall trace's takes what is missing, row by row. `bind` makes the AIRs with sums in columns.
 */
export async function proveSegments(
  profile: Profile,
  claimed: bigint,
  multiplicities: readonly bigint[],
  bind: (air: Air) => Air,
): Promise<SegmentProof> {
  const claims = Array.from({ length: N }, (_, row) => (row % n === 0 ? multiplicities[row / n] : 0n));
  const average = F.mul(F.add(multiplicities[0], multiplicities[1]), F.inv(2n));
  const truths = Array.from({ length: N }, (_, row) => (row === 0 ? F.neg(average) : 0n));
  const traces = [
    matrix(
      claims.map(() => claimed),
      claims,
    ),
    matrix(truths),
  ];
  const airs = [segmented(bind(claimAir()), SHORT), bind(truthAir())];
  const instances = airs.map(
    (air, i): Instance => ({
      air,
      logHeight: TALL,
      trace: { kind: 'matrix', matrix: traces[i] },
      publicValues: i === 0 ? [claimed] : [],
    }),
  );
  const statement = {
    relationDigest: [1n, 2n, 3n, 4n] as const,
    observed: [claimed],
    boundary: () => Q.ZERO,
  };
  let sums: QuadFelt[] = [];
  const conversation = await converse(
    { instances, statement, profile },
    {
      logHeights: [SHORT, TALL],
      sumWeight: (instance, honest) => (instance === 0 ? n : honest),
      auxTrace(instance, honest, { challenges: [alpha, beta] }) {
        if (instance === 0) {
          // All of a segment's fractions are its first row's.
          const message = Q.add(Q.add(alpha, Q.pow(beta, 16n)), Q.mulBase(beta, claimed));
          const share = (m: bigint): QuadFelt => Q.mulBase(Q.inv(message), F.mul(m, F.inv(BigInt(n))));
          sums = claims.map((_, row) => share(multiplicities[Math.floor(row / n)]));
          return withSums(honest, sums);
        }
        const rest = sums.map((sum) => Q.neg(Q.mulBase(sum, F.mul(BigInt(n), F.inv(BigInt(N))))));
        return withSums(honest, rest);
      },
    },
  );
  return {
    airs: [claimAir(), truthAir()].map(bind),
    publicValues: [[claimed], []],
    statement,
    proof: written(conversation),
  };
}
