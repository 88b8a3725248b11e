import * as F from '../../field/felt.ts';
import * as Q from '../../field/quad.ts';
import * as L from '../../field/quad-limbs.ts';
import { sampleExt, type Transcript } from '../../hash/transcript.ts';
import type { Digest } from '../backend.ts';
import { ldePoint } from '../domain.ts';
import { VerificationError } from '../errors.ts';
import { FRI_ARITY, foldFour } from '../fri-fold.ts';
import { type LeafHasher, leafHasher } from '../lmcs/hasher.ts';
import { openedRoot } from '../lmcs/opening.ts';
import { leafOf, reverseBits, treeIndices } from '../order.ts';
import type { Profile } from '../profile.ts';
import type { ProofShape, TreeShape } from '../shape.ts';
import type { OnTranscript } from '../verifier.ts';
import type { Listener } from './listener.ts';

export interface CommittedTree extends TreeShape {
  readonly root: Digest;
}

export interface OpeningsInput {
  readonly shape: ProofShape;
  readonly profile: Profile;
  readonly trees: readonly CommittedTree[];
  /** The out-of-domain points and the rows the prover claims there. */
  readonly points: readonly Q.QuadFelt[];
  readonly rows: readonly (readonly Q.QuadFelt[])[];
  readonly transcript: Transcript;
  readonly listen: Listener;
  readonly note: OnTranscript;
}

/**
 * Checks that the committed columns are low-degree and take the claimed values out of domain: DEEP combination, FRI
 * commitments, then openings at the queried places. Throws `VerificationError`.
 */
export function verifyOpenings(input: OpeningsInput): void {
  const { shape, profile, transcript, listen, note } = input;
  const hasher = leafHasher(profile.hash);
  note('deepWitness', listen.work(profile.deepPowBits, 'DEEP'));
  const columns = sampleExt(transcript);
  const points = sampleExt(transcript);
  note('deep', [columns, points]);

  const rounds = shape.friLogSizes.map((logSize, round) => {
    const root = listen.commitment();
    const witness = listen.work(profile.foldingPowBits, `FRI round ${round}`);
    const beta = sampleExt(transcript);
    note('fri', { root, witness, beta });
    return { root, beta, logSize };
  });
  const finalPolynomial = listen.values(shape.finalLength);
  note('final', finalPolynomial);

  note('queryWitness', listen.work(profile.queryPowBits, 'queries'));
  const indices = Array.from({ length: profile.numQueries }, () => transcript.sampleBits(shape.logLde));
  note('indices', indices);

  let values = deepValues(input, hasher, columns, points, treeIndices(indices, shape.logLde));
  for (const [round, { root, beta, logSize }] of rounds.entries()) {
    values = foldRound(hasher, listen, `FRI round ${round}`, root, beta, logSize, values);
  }
  checkFinal(finalPolynomial, shape.friLogSizes.length, shape.logLde, values);
}

/**
 * Opens a tree at `leaves` (unique, ascending): reads rows with their salts, then siblings, compares roots, returns the
 * rows without the salts.
 */
function openTree(
  hasher: LeafHasher,
  listen: Listener,
  what: string,
  root: Digest,
  widths: readonly number[],
  saltWidth: number,
  logLeaves: number,
  leaves: readonly number[],
): Uint32Array[] {
  const absorbed = saltWidth === 0 ? widths : [...widths, saltWidth];
  const width = absorbed.reduce((a, b) => a + b, 0);
  const states = new Uint32Array(8 * leaves.length);
  hasher.open(absorbed, states);
  const rows = leaves.map((_, k) => {
    const row = listen.hintedLanes(width);
    let at = 0;
    for (const w of absorbed) {
      hasher.absorb(states, 8 * k, row, at, w);
      at += 2 * w;
    }
    const end = 2 * (width - saltWidth);
    requireCanonical(row.subarray(end), what);
    return row.subarray(0, end);
  });
  const computed = openedRoot(hasher, leaves, logLeaves, states, (lanes, at) =>
    listen.hintedDigest(lanes, at),
  );
  const expected = new Uint32Array(root.slice().buffer);
  if (computed.some((lane, i) => lane !== expected[i])) {
    throw new VerificationError('wrong-opening', 'The proof is wrong: opened data was not committed to.', {
      details: what,
    });
  }
  return rows;
}

/**
 * A salt enters nothing but its leaf's hash, which takes any lanes. The reader of proofs refuses elements that are not
 * canonical; whoever gets a proof in another way must not accept two of one meaning either.
 */
function requireCanonical(salt: Uint32Array, what: string): void {
  for (let i = 0; i < salt.length; i += 2) {
    if (salt[i + 1] < 0xffff_ffff || salt[i] === 0) continue;
    throw new VerificationError('non-canonical-salt', 'The proof is wrong: a salt is no field element.', {
      details: what,
    });
  }
}

/** The DEEP codeword at the queried indices, from the opened rows of all trees. */
function deepValues(
  { shape, trees, points, rows, listen }: OpeningsInput,
  hasher: LeafHasher,
  columnChallenge: Q.QuadFelt,
  pointChallenge: Q.QuadFelt,
  indices: readonly number[],
): Map<number, Q.QuadFelt> {
  // Weights of the columns, the first one with the highest power; then two scratch cells and one sum per query.
  const weights = shape.columns * L.LIMBS;
  const [factor, product] = [weights, weights + L.LIMBS];
  const sums = product + L.LIMBS;
  const r = new Float64Array(sums + (indices.length + points.length) * L.LIMBS);
  let power = Q.ONE;
  for (let i = shape.columns - 1; i >= 0; i--) {
    L.storeQuad(r, i * L.LIMBS, power);
    power = Q.mul(power, columnChallenge);
  }
  const addTo = (sum: number, column: number, multiply: typeof L.mul) => {
    multiply(r, product, column * L.LIMBS, factor);
    L.add(r, sum, sum, product);
  };

  for (const tree of trees) {
    const leaves = treeIndices(indices, tree.logLeaves);
    const opened = openTree(
      hasher,
      listen,
      `${tree.name} tree`,
      tree.root,
      tree.matrices.map((m) => m.openedWidth),
      tree.saltWidth,
      tree.logLeaves,
      leaves,
    );
    const position = new Map(leaves.map((leaf, k) => [leaf, opened[k]]));
    indices.forEach((index, q) => {
      const row = position.get(leafOf(index, tree.logLeaves))!;
      let at = 0;
      for (const { column, openedWidth } of tree.matrices) {
        for (let c = 0; c < openedWidth; c++, at += 2) {
          L.storeWords(r, factor, row[at], row[at + 1]);
          addTo(sums + q * L.LIMBS, column + c, L.mulBase);
        }
      }
    });
  }
  const claimed = rows.map((row, j) => {
    const sum = sums + (indices.length + j) * L.LIMBS;
    row.forEach((value, c) => {
      L.storeQuad(r, factor, value);
      addTo(sum, c, L.mul);
    });
    return L.loadQuad(r, sum);
  });

  return new Map(
    indices.map((index, q) => {
      const x = Q.fromBase(ldePoint(shape.logLde, index));
      const value = L.loadQuad(r, sums + q * L.LIMBS);
      const total = points.reduceRight<Q.QuadFelt>((sum, z, j) => {
        const term = Q.mul(Q.sub(claimed[j], value), Q.inv(Q.sub(z, x)));
        return Q.add(Q.mul(sum, pointChallenge), term);
      }, Q.ZERO);
      return [index, total];
    }),
  );
}

/** One FRI round: every value must stand in its opened row; the rows fold to the next codeword's values. */
function foldRound(
  hasher: LeafHasher,
  listen: Listener,
  what: string,
  root: Digest,
  beta: Q.QuadFelt,
  logSize: number,
  values: ReadonlyMap<number, Q.QuadFelt>,
): Map<number, Q.QuadFelt> {
  const logRows = logSize - Math.log2(FRI_ARITY);
  const leaves = treeIndices([...values.keys()], logRows);
  const opened = openTree(hasher, listen, what, root, [2 * FRI_ARITY], 0, logRows, leaves);
  const rows = new Map(leaves.map((leaf, k) => [leaf, quads(opened[k])]));
  for (const [index, value] of values) {
    const position = reverseBits(index >>> logRows, 2);
    if (!Q.equal(rows.get(leafOf(index, logRows))![position], value)) {
      throw new VerificationError(
        'fri-mismatch',
        'The proof is wrong: committed data is not of low degree.',
        {
          details: `${what}, index ${index}`,
        },
      );
    }
  }
  const step = F.inv(F.rootOfUnity(logSize));
  return new Map(leaves.map((leaf) => [leaf, foldFour(rows.get(leaf)!, F.pow(step, BigInt(leaf)), beta)]));
}

function quads(row: Uint32Array): Q.QuadFelt[] {
  const felt = (i: number) => (BigInt(row[2 * i + 1]) << 32n) | BigInt(row[2 * i]);
  return Array.from({ length: row.length / 4 }, (_, k) => [felt(2 * k), felt(2 * k + 1)]);
}

/** The last codeword is sent as a polynomial, highest coefficient first. */
function checkFinal(
  coefficients: readonly Q.QuadFelt[],
  rounds: number,
  logLde: number,
  values: ReadonlyMap<number, Q.QuadFelt>,
): void {
  const root = F.rootOfUnity(logLde - rounds * Math.log2(FRI_ARITY));
  const r = new Float64Array((coefficients.length + 3) * L.LIMBS);
  const [x, sum, product] = [0, 1, 2].map((i) => (coefficients.length + i) * L.LIMBS);
  coefficients.forEach((c, i) => {
    L.storeQuad(r, i * L.LIMBS, c);
  });
  for (const [index, value] of values) {
    L.storeFelt(r, x, F.pow(root, BigInt(index)));
    r.fill(0, sum, product);
    for (let i = 0; i < coefficients.length; i++) {
      L.mulBase(r, product, sum, x);
      L.add(r, sum, product, i * L.LIMBS);
    }
    if (!Q.equal(L.loadQuad(r, sum), value)) {
      throw new VerificationError(
        'final-polynomial-mismatch',
        'The proof is wrong: its last polynomial is.',
        {
          details: `index ${index}`,
        },
      );
    }
  }
}
