import { type Assignment, Evaluator } from '../air/evaluate.ts';
import { withHiddenSum } from '../air/hidden-sum.ts';
import type { Air } from '../air/types.ts';
import * as F from '../field/felt.ts';
import { inverseNtt } from '../field/ntt.ts';
import * as Q from '../field/quad.ts';
import { sampleExt } from '../hash/transcript.ts';
import type { Digest } from './backend.ts';
import { powerOfTwo, recombineQuotient, samplePoint, selectorsAt, vanishingAt } from './domain.ts';
import { VerificationError } from './errors.ts';
import { isListed } from './hiding.ts';
import { toInstanceOrder } from './order.ts';
import type { Profile } from './profile.ts';
import type { StarkProof } from './proof/stark-proof.ts';
import { type ProofShape, proofShape, type TreeShape } from './shape.ts';
import { lookupSum, openTranscript, type Statement } from './statement.ts';
import { Listener } from './verifier/listener.ts';
import { type CommittedTree, verifyOpenings } from './verifier/openings.ts';

export interface VerifyOptions {
  /** In instance order, like everything here. */
  readonly airs: readonly Air[];
  readonly publicValues: readonly (readonly F.Felt[])[];
  readonly statement: Statement;
  readonly profile: Profile;
  /** Root of the tree of fixed columns, trusted; absent when no AIR has any. */
  readonly preprocessed?: Digest;
  /** Checks the heights beyond what every proof needs, e.g. of an AIR with fixed columns. */
  readonly fixedLogHeights?: readonly (number | undefined)[];
  readonly onTranscript?: OnTranscript;
}

/** Shows challenges and values as they come up, for tests against official transcripts. */
export type OnTranscript = (name: string, value: unknown) => void;

/**
 * Checks a proof: shape, transcript, work, openings, low degree, LogUp balance, constraints at the out-of-domain
 * point, and that nothing is left over. Throws `VerificationError`; returns what the security estimate needs.
 */
export function verifyStark(options: VerifyOptions, proof: StarkProof): { readonly shape: ProofShape } {
  const { statement, profile, preprocessed, onTranscript } = options;
  const airs = provenAirs(options);
  const shape = acceptedShape(options, proof.logHeights);
  const note: OnTranscript = onTranscript ?? (() => {});
  const transcript = openTranscript(profile, statement, preprocessed, proof.logHeights);
  const listen = new Listener(transcript, proof);

  const main = listen.commitment();
  const lookup = [sampleExt(transcript), sampleExt(transcript)] as const;
  const aux = listen.commitment();
  const told = profile.hiddenSums ? undefined : listen.values(airs.length);
  const alpha = sampleExt(transcript);
  const beta = sampleExt(transcript);
  const quotient = listen.commitment();
  const z = samplePoint(transcript, shape.logMaxHeight, shape.logLde);
  const rows = [listen.values(shape.columns), listen.values(shape.columns)] as const;
  note('lookup', lookup);
  if (told) note('sigmas', told);
  note('fold', [alpha, beta]);
  note('z', z);
  note('rows', rows);

  const roots: Readonly<Record<TreeShape['name'], Digest | undefined>> = {
    preprocessed,
    main,
    aux,
    quotient,
  };
  note('roots', roots);
  const trees = shape.trees.map((tree): CommittedTree => ({ ...tree, root: roots[tree.name]! }));
  const points = [z, Q.mulBase(z, F.rootOfUnity(shape.logMaxHeight))];
  verifyOpenings({ shape, profile, trees, points, rows, transcript, listen, note });

  const sums = told && toInstanceOrder(shape.order, told);
  if (sums && !Q.isZero(lookupSum(sums, proof.logHeights, statement, lookup))) {
    throw new VerificationError('unbalanced-lookups', 'The proof is wrong: its lookups do not balance.');
  }
  const folded = foldConstraints({ ...options, airs }, shape, { lookup, alpha, beta, z, rows, sums });
  const { column } = treeNamed(shape, 'quotient').matrices[0];
  const parts = pairs(rows[0].slice(column, column + (2 << shape.logParts)));
  const quotientAtZ = recombineQuotient(parts, z, shape.logMaxHeight, shape.logLde);
  if (!Q.equal(folded, Q.mul(quotientAtZ, vanishingAt(z, shape.logMaxHeight)))) {
    throw new VerificationError('constraint-mismatch', 'The proof is wrong: a constraint does not hold.');
  }
  listen.end();
  return { shape };
}

/** The AIRs that a proof of this profile is of. */
const provenAirs = ({ airs, profile }: Pick<VerifyOptions, 'airs' | 'profile'>): readonly Air[] =>
  profile.hiddenSums ? airs.map(withHiddenSum) : airs;

const treeNamed = (shape: ProofShape, name: TreeShape['name']) => shape.trees.find((t) => t.name === name)!;

/** Base columns 2 i and 2 i + 1 at a point, as the extension column they are: a + b x. */
function pairs(columns: readonly Q.QuadFelt[]): Q.QuadFelt[] {
  return Array.from({ length: columns.length / 2 }, (_, i) => {
    const [a, b] = [columns[2 * i], columns[2 * i + 1]];
    return [F.add(a[0], F.mul(Q.NON_RESIDUE, b[1])), F.add(a[1], b[0])];
  });
}

/**
 * The shape of the proofs of these heights. Throws a `VerificationError` of kind `wrong-shape` or `unlisted-heights` if no
 * such proof would be accepted.
 */
export function acceptedShape(
  options: Pick<VerifyOptions, 'airs' | 'profile' | 'preprocessed' | 'fixedLogHeights'>,
  logHeights: readonly number[],
): ProofShape {
  const { profile, preprocessed, fixedLogHeights } = options;
  const airs = provenAirs(options);
  const refuse = (details: string): never => {
    throw new VerificationError('wrong-shape', 'The proof has traces of the wrong shape.', { details });
  };
  if (logHeights.length !== airs.length) refuse(`${logHeights.length} traces for ${airs.length} AIRs`);
  airs.forEach((air, i) => {
    const log = logHeights[i];
    const period = Math.max(...air.periodic.map((values) => values.length), 2);
    if (2 ** log < period) refuse(`${air.name}: height 2^${log} is below ${period}`);
    if (log + profile.logBlowup > F.TWO_ADICITY)
      refuse(`${air.name}: height 2^${log} is above the field's limit`);
    const fixed = fixedLogHeights?.[i];
    if (fixed !== undefined && log !== fixed) refuse(`${air.name}: height 2^${log} instead of 2^${fixed}`);
  });
  if (!isListed(profile, logHeights)) {
    throw new VerificationError(
      'unlisted-heights',
      'The proof has heights that its profile does not allow.',
      {
        details: `log heights ${logHeights.join(', ')}`,
      },
    );
  }
  if (airs.some((air) => air.preprocessedWidth > 0) !== (preprocessed !== undefined))
    throw new RangeError('a root of fixed columns goes with AIRs that have them');
  return proofShape(airs, logHeights, profile);
}

interface Point {
  readonly lookup: readonly [Q.QuadFelt, Q.QuadFelt];
  readonly alpha: Q.QuadFelt;
  readonly beta: Q.QuadFelt;
  readonly z: Q.QuadFelt;
  readonly rows: readonly [readonly Q.QuadFelt[], readonly Q.QuadFelt[]];
  /** The LogUp sums where the proof says them, instance order; else they are columns. */
  readonly sums: readonly Q.QuadFelt[] | undefined;
}

const evaluators = new WeakMap<Air, Evaluator>();
function evaluatorOf(air: Air): Evaluator {
  let evaluator = evaluators.get(air);
  if (!evaluator) {
    evaluator = new Evaluator(
      air.graph,
      air.constraints.map((c) => c.expr),
    );
    evaluators.set(air, evaluator);
  }
  return evaluator;
}

/**
 * Constraints of all AIRs at z, folded by alpha within an AIR and by beta across them, in proof order. Where sums are
 * columns, that they balance is one more constraint, on the tallest trace's domain: the last step by beta.
 */
function foldConstraints(
  { airs, publicValues, statement }: VerifyOptions,
  shape: ProofShape,
  at: Point,
): Q.QuadFelt {
  const columns = (name: TreeShape['name'], instance: number) => {
    const matrix = shape.trees.find((t) => t.name === name)?.matrices.find((m) => m.instance === instance);
    const cut = (row: readonly Q.QuadFelt[]) =>
      matrix ? row.slice(matrix.column, matrix.column + matrix.width) : [];
    return [cut(at.rows[0]), cut(at.rows[1])] as const;
  };
  let sum = Q.ZERO;
  const hidden = new Array<Q.QuadFelt>(airs.length);
  for (const i of shape.order) {
    const [air, logHeight] = [airs[i], shape.logHeights[i]];
    const y = powerOfTwo(at.z, shape.logMaxHeight - logHeight);
    const selectors = selectorsAt(y, logHeight);
    const [aux, nextAux] = columns('aux', i).map(pairs);
    if (!at.sums) hidden[i] = aux[air.auxWidth - 1];
    const assignment: Assignment = {
      main: columns('main', i),
      aux: [aux, nextAux],
      preprocessed: columns('preprocessed', i),
      periodic: air.periodic.map((values) => periodicAt(values, y, logHeight)),
      public: publicValues[i],
      auxValues: at.sums ? [at.sums[i]] : [],
      challenges: at.lookup,
      isFirst: selectors.first,
      isLast: selectors.last,
      isTransition: selectors.transition,
    };
    const evaluator = evaluatorOf(air);
    evaluator.assign(assignment);
    evaluator.run();
    sum = Q.add(Q.mul(sum, at.beta), evaluator.fold(at.alpha));
  }
  if (at.sums) return sum;
  return Q.add(Q.mul(sum, at.beta), lookupSum(hidden, shape.logHeights, statement, at.lookup));
}

const periodicCoefficients = new WeakMap<readonly F.Felt[], BigUint64Array>();

/** A periodic column at y: its interpolation at y^(height / period). */
function periodicAt(values: readonly F.Felt[], y: Q.QuadFelt, logHeight: number): Q.QuadFelt {
  const log = Math.log2(values.length);
  let coefficients = periodicCoefficients.get(values);
  if (!coefficients) {
    coefficients = BigUint64Array.from(values);
    inverseNtt(coefficients, log);
    periodicCoefficients.set(values, coefficients);
  }
  const x = powerOfTwo(y, logHeight - log);
  return coefficients.reduceRight<Q.QuadFelt>((sum, c) => Q.add(Q.mul(sum, x), [c, 0n]), Q.ZERO);
}
