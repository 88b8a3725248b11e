import { withHiddenSum } from '../../core/air/hidden-sum.ts';
import { midenAirs } from '../../core/air/miden.ts';
import * as F from '../../core/field/felt.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import * as Q from '../../core/field/quad.ts';
import { ldePoint, powerOfTwo } from '../../core/stark/domain.ts';
import { openContainer } from '../../core/stark/miden/container.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { leafOf, treeIndices } from '../../core/stark/order.ts';
import { PROFILES, type ProfileName } from '../../core/stark/profile.ts';
import type { Claim } from '../../core/stark/proof/claim.ts';
import { readStarkProof } from '../../core/stark/proof/stark-proof.ts';
import { type ProofShape, proofShape, type TreeShape } from '../../core/stark/shape.ts';

/**
 * What anybody can read from a proof about one column of a trace: linear equations in its cells. The column is the
 * polynomial through its cells on the trace domain, and the proof shows its values elsewhere. Only the verifier's view is
 * used: claim and proof bytes.
 */

/** sum of coefficients[i] unknown[i] = value, in the base field. */
interface Equation {
  readonly coefficients: readonly F.Felt[];
  readonly value: F.Felt;
}

/** All that a proof shows of one column by itself. */
interface ColumnView {
  readonly height: number;
  /** Points where the column was seen, in the short trace's own variable, with the values there. */
  readonly seen: readonly (readonly [point: QuadFelt, value: QuadFelt])[];
}

/** What a proof that verifies shows of base column `column` of instance `instance`. Throws as `verify` does. */
export function viewOfColumn(
  claim: Claim,
  bytes: Uint8Array,
  profileName: ProfileName,
  instance: number,
  column: number,
): ColumnView {
  const noted = new Map<string, unknown>();
  verify(claim, bytes, { profile: profileName, onTranscript: (name, value) => noted.set(name, value) });
  const { hash, stark } = openContainer(bytes, profileName);
  const proof = readStarkProof(stark, hash);
  const profile = PROFILES[profileName](hash);
  const airs = profile.hiddenSums ? midenAirs().map(withHiddenSum) : midenAirs();
  const shape = proofShape(airs, proof.logHeights, profile);

  const logHeight = proof.logHeights[instance];
  const lift = shape.logMaxHeight - logHeight;
  const tree = shape.trees.find(({ name }) => name === 'main')!;
  const place = tree.matrices.find((matrix) => matrix.instance === instance)!;

  const z = noted.get('z') as QuadFelt;
  const rows = noted.get('rows') as readonly (readonly QuadFelt[])[];
  const next = Q.mulBase(z, F.rootOfUnity(shape.logMaxHeight));
  const outOfDomain = [z, next].map(
    (point, j) => [powerOfTwo(point, lift), rows[j][place.column + column]] as const,
  );

  const indices = noted.get('indices') as readonly number[];
  const at = offsetOfOpenings(shape, indices, tree, profile.hiddenSums ? 0 : airs.length);
  const width = rowWidth(tree);
  const before = tree.matrices.slice(0, tree.matrices.indexOf(place));
  const inRow = before.reduce((sum, { openedWidth }) => sum + openedWidth, column);
  const queries = new Map<number, F.Felt>();
  for (const [k, leaf] of treeIndices(indices, tree.logLeaves).entries()) {
    queries.set(leafOf(leaf, logHeight + profile.logBlowup), proof.fields[at + k * width + inRow]);
  }
  return {
    height: 2 ** logHeight,
    seen: [
      ...outOfDomain,
      ...[...queries].map(
        ([leaf, value]) =>
          [Q.fromBase(ldePoint(logHeight + profile.logBlowup, leaf)), Q.fromBase(value)] as const,
      ),
    ],
  };
}

const rowWidth = ({ matrices, saltWidth }: TreeShape): number =>
  matrices.reduce((sum, matrix) => sum + matrix.openedWidth, saltWidth);

/** Where in a proof's field elements the opened rows of a tree begin. */
function offsetOfOpenings(
  shape: ProofShape,
  indices: readonly number[],
  tree: TreeShape,
  sums: number,
): number {
  // Sums, two rows, witnesses of work, final polynomial; then the trees in order.
  const said = 2 * (sums + 2 * shape.columns + shape.finalLength) + 2 + shape.friLogSizes.length;
  const before = shape.trees.slice(0, shape.trees.indexOf(tree));
  return before.reduce((at, each) => at + treeIndices(indices, each.logLeaves).length * rowWidth(each), said);
}

/**
 * The equations for the cells in `unknown`, when all others are as in `known`; and, for one who knows that columns are
 * masked, for `masks` coefficients r of the mask (y^height - 1) r as further unknowns.
 */
export function equations(
  { height, seen }: ColumnView,
  known: readonly F.Felt[],
  unknown: readonly number[],
  masks = 0,
): Equation[] {
  const log = Math.log2(height);
  const points = Array.from({ length: height }, (_, row) => F.pow(F.rootOfUnity(log), BigInt(row)));
  const isUnknown = new Set(unknown);
  return seen.flatMap(([y, value]): Equation[] => {
    const vanishing = Q.sub(powerOfTwo(y, log), Q.ONE);
    // Lagrange: L_row(y) = (y^n - 1) w^row / (n (y - w^row)).
    const scale = Q.mulBase(vanishing, F.inv(BigInt(height)));
    const lagrange = (row: number): QuadFelt =>
      Q.mul(Q.mulBase(scale, points[row]), Q.inv(Q.sub(y, Q.fromBase(points[row]))));
    const rest = known.reduce<QuadFelt>(
      (sum, cell, row) =>
        cell === 0n || isUnknown.has(row) ? sum : Q.sub(sum, Q.mulBase(lagrange(row), cell)),
      value,
    );
    const mask = Array.from({ length: masks }, (_, i) => Q.mul(vanishing, Q.pow(y, BigInt(i))));
    const terms = [...unknown.map(lagrange), ...mask];
    // One equation in the extension is two in the base field; at a point of the base field the second says nothing.
    const isBase = y[1] === 0n;
    return (isBase ? ([0] as const) : ([0, 1] as const)).map((half) => ({
      coefficients: terms.map((term) => term[half]),
      value: rest[half],
    }));
  });
}

interface Solution {
  /** Number of independent equations. */
  readonly rank: number;
  readonly consistent: boolean;
  /** By unknown; undefined where more than one value is possible. */
  readonly values: readonly (F.Felt | undefined)[];
}

/** Gauss and Jordan over the base field. */
export function solve(system: readonly Equation[]): Solution {
  const unknowns = system[0].coefficients.length;
  const rows = system.map(({ coefficients, value }) => [...coefficients, value]);
  const pivots: number[] = [];
  for (let column = 0; column < unknowns && pivots.length < rows.length; column++) {
    const rank = pivots.length;
    const found = rows.findIndex((row, i) => i >= rank && row[column] !== 0n);
    if (found < 0) continue;
    [rows[rank], rows[found]] = [rows[found], rows[rank]];
    const inverse = F.inv(rows[rank][column]);
    rows[rank] = rows[rank].map((value) => F.mul(value, inverse));
    for (const [i, row] of rows.entries()) {
      if (i === rank || row[column] === 0n) continue;
      const factor = row[column];
      rows[i] = row.map((value, c) => F.sub(value, F.mul(factor, rows[rank][c])));
    }
    pivots.push(column);
  }
  const values: (F.Felt | undefined)[] = Array(unknowns).fill(undefined);
  for (const [i, column] of pivots.entries()) {
    const isFree = rows[i].some((value, c) => c !== column && c < unknowns && value !== 0n);
    if (!isFree) values[column] = rows[i][unknowns];
  }
  const consistent = rows.slice(pivots.length).every((row) => row[unknowns] === 0n);
  return { rank: pivots.length, consistent, values };
}
