import { demand } from './rejection.ts';
import type { Parameters, Relation } from './relation.ts';

/** What follows from the heights before a prover has said anything. */
export interface Shape {
  /** Instances in proof order: by height, ties by instance. */
  readonly order: readonly number[];
  /** log2 of the largest height, and of the domain its columns are extended to. */
  readonly logN: number;
  readonly logDomain: number;
  /** Of the quotient. */
  readonly parts: number;
  /** Fixed columns if there are any, main, aux, quotient. */
  readonly trees: readonly TreeShape[];
  readonly rounds: number;
  /** Coefficients of the final polynomial. */
  readonly finalLength: number;
}

export interface TreeShape {
  /** log2 of the number of leaves. */
  readonly depth: number;
  /** Columns of each matrix. */
  readonly columns: readonly number[];
  /** The same with the zeros that pad opened rows. */
  readonly widths: readonly number[];
  /** How many elements of each are sent when a row is opened: a hiding proof leaves the padding out. */
  readonly sent: readonly number[];
  /** Random elements that end a leaf. */
  readonly salt: number;
}

/** Base columns that an extension column is committed as. */
export const EXTENSION = 2;
export const LOG_ARITY = 2;
const LOG_MAX_DOMAIN = 32;

/** The shape of a proof with rows padded to `alignment`. Throws `Rejection` for heights that it must not have. */
export function shapeOf(
  relation: Relation,
  { hiding, logBlowup, logFinalDegree }: Parameters,
  logHeights: readonly number[],
  alignment: number,
): Shape {
  const { airs, fixed } = relation;
  checkHeights(relation, logBlowup, logHeights);
  if (hiding && hiding.classes.length > 0) {
    const listed = hiding.classes.some((heights) => heights.join() === logHeights.join());
    demand(listed, 'heights', `${logHeights} is not a listed class`);
  }
  const order = [...airs.keys()].sort((i, j) => logHeights[i] - logHeights[j] || i - j);
  const logN = Math.max(...logHeights);
  const logDomain = logN + logBlowup;
  const parts = 2 ** Math.ceil(Math.log2(Math.max(2, ...airs.map((air) => air.maxDegree)) - 1));

  const padded = (width: number) => Math.ceil(width / alignment) * alignment;
  const tree = (depth: number, columns: number[], salt = hiding?.salt ?? 0): TreeShape => ({
    depth,
    columns,
    widths: columns.map(padded),
    sent: hiding ? columns : columns.map(padded),
    salt,
  });
  const sums = hiding ? 1 : 0;
  const trees = [
    tree(
      logDomain,
      order.map((i) => airs[i].mainWidth),
    ),
    tree(
      logDomain,
      order.map((i) => EXTENSION * (airs[i].lookups.length + sums)),
    ),
    // Last come the two halves of the masking polynomial.
    tree(logDomain, [EXTENSION * parts + (hiding ? EXTENSION : 0)]),
  ];
  if (fixed) {
    const widths = airs.map((air) => air.preprocessedWidth).filter((width) => width > 0);
    trees.unshift(tree(fixed.logHeight + logBlowup, widths, 0));
  }

  const rounds = Math.max(0, Math.ceil((logN - logFinalDegree) / LOG_ARITY));
  const finalLength = (2 ** logN * (64 + (hiding?.slack ?? 0))) / 64 / 2 ** (LOG_ARITY * rounds);
  if (!Number.isInteger(finalLength) || parts > 2 ** logBlowup)
    throw new RangeError('these parameters do not fit the relation');
  return { order, logN, logDomain, parts, trees, rounds, finalLength };
}

function checkHeights({ airs, fixed }: Relation, logBlowup: number, logHeights: readonly number[]): void {
  demand(logHeights.length === airs.length, 'heights', `${logHeights.length} for ${airs.length} traces`);
  for (const [i, { name, periodic, preprocessedWidth }] of airs.entries()) {
    const height = logHeights[i];
    demand(height > 0 && height + logBlowup <= LOG_MAX_DOMAIN, 'heights', `${name}: 2^${height}`);
    const whole = periodic.every((column) => column.length <= 2 ** height);
    demand(whole, 'heights', `${name}: 2^${height} is less than a period`);
    if (preprocessedWidth > 0) demand(height === fixed?.logHeight, 'heights', `${name}: 2^${height}`);
  }
}
