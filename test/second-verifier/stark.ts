import { pow, rootOfUnity } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';
import { hashElements } from '../../core/hash/eidos.ts';
import { Channel } from './channel.ts';
import { constraintValues, type LookupChallenges, type Pair } from './constraints.ts';
import { type Hashing, hashing, type Transcript } from './hashing.ts';
import { checkOpenings } from './openings.ts';
import { cosetShift, horner, powerOfTwo, quotientAt, recombine } from './point.ts';
import type { Proof } from './proof.ts';
import { demand } from './rejection.ts';
import type { Parameters, Relation } from './relation.ts';
import { EXTENSION, LOG_ARITY, type Shape, shapeOf } from './shape.ts';

/** Checks that `proof` shows `relation`; returns the queried indices. Throws `Rejection`. */
export function verifyStark(relation: Relation, parameters: Parameters, proof: Proof): readonly number[] {
  const { airs, fixed } = relation;
  const { hiding } = parameters;
  const { logHeights } = proof;
  const hash = hashing(proof.hash);
  const shape = shapeOf(relation, parameters, logHeights, hash.alignment);
  const { order, logN } = shape;
  const channel = new Channel(proof, openTranscript(relation, parameters, hash, logHeights));

  const mainRoot = channel.commitment();
  const challenges: LookupChallenges = [channel.sample(), channel.sample()];
  const auxRoot = channel.commitment();
  const sentSums = hiding ? [] : channel.extensions(airs.length);
  const [alpha, beta] = [channel.sample(), channel.sample()];
  const roots = [...(fixed ? [fixed.root] : []), mainRoot, auxRoot, channel.commitment()];
  const z = samplePoint(channel, shape);
  const points = [z, Q.mulBase(z, rootOfUnity(logN))];
  const width = shape.trees.flatMap((tree) => tree.widths).reduce((sum, w) => sum + w);
  const rows = points.map(() => channel.extensions(width));
  const indices = checkOpenings(channel, hash, parameters, shape, { roots, points, rows });

  // Every matrix at both points: by tree from the last, because fixed columns may be missing.
  const matrices = rows.map((row) => cut(row, shape).reverse());
  const at = (fromLast: number, matrix: number) =>
    matrices.map((trees) => trees[fromLast]?.[matrix] ?? []) as unknown as Pair;
  let folded = Q.ZERO;
  let lookups = relation.boundary(challenges);
  for (const [position, i] of order.entries()) {
    const aux = at(1, position).map(recombine) as unknown as Pair;
    // The hidden sum is the last column, and the same on every row.
    const [here, next] = aux.map((row) => row[airs[i].lookups.length]);
    const sum = hiding ? here : sentSums[position];
    const values = constraintValues(airs[i], {
      main: at(2, position),
      aux,
      preprocessed: airs[i].preprocessedWidth > 0 ? at(3, 0) : [[], []],
      y: powerOfTwo(z, logN - logHeights[i]),
      logHeight: logHeights[i],
      publicValues: relation.publicValues[i],
      challenges,
      sum,
    });
    if (hiding) values.push(Q.sub(next, here));
    folded = Q.add(Q.mul(folded, beta), horner(values, alpha));
    lookups = Q.add(lookups, Q.mulBase(sum, 1n << BigInt(logHeights[i])));
  }
  // All lookups balance: one more constraint on the hidden sums, or a check in the clear.
  if (hiding) folded = Q.add(Q.mul(folded, beta), lookups);
  else demand(Q.isZero(lookups), 'lookups', 'the sums do not cancel');

  const parts = recombine(at(0, 0)[0].slice(0, EXTENSION * shape.parts));
  const quotient = quotientAt(z, parts, logN, cosetShift(shape.logDomain));
  const multiple = Q.mul(quotient, Q.sub(powerOfTwo(z, logN), Q.ONE));
  demand(Q.equal(folded, multiple), 'constraints', 'no multiple of the vanishing polynomial');
  channel.end();
  return indices;
}

/** A row of all trees as [tree][matrix], without the padding. */
function cut(row: readonly Q.QuadFelt[], { trees }: Shape): (readonly Q.QuadFelt[])[][] {
  let from = 0;
  return trees.map(({ columns, widths }) =>
    columns.map((count, m) => {
      const values = row.slice(from, from + count);
      from += widths[m];
      return values;
    }),
  );
}

function openTranscript(
  { digest, fixed, observed }: Relation,
  p: Parameters,
  hash: Hashing,
  logHeights: readonly number[],
): Transcript {
  const { hiding } = p;
  // Of a relation that hides: the version of its rules, and that of the AIRs' hardening.
  const bound = hiding ? hashElements([...digest, BigInt(hiding.version), 0n]) : digest;
  const transcript = hash.transcript(bound);
  const observe = (...values: readonly number[]) => transcript.observe(values.map(BigInt));
  observe(p.queries, p.queryWork, p.deepWork, p.foldingWork, p.logBlowup, p.logFinalDegree);
  observe(2 ** LOG_ARITY, hiding ? 1 : 0);
  if (hiding) {
    observe(hiding.version, 64 + hiding.slack, 64, hiding.mask, hiding.blinder, hiding.salt, 1);
    transcript.observe([hashElements(hiding.classes.flat().map(BigInt))[0]]);
  }
  if (fixed) transcript.observeDigest(fixed.root);
  transcript.observe(observed);
  observe(logHeights.length, ...logHeights);
  return transcript;
}

/** A point that is not zero, and neither on the trace domain nor on the extension's coset. */
function samplePoint(channel: Channel, { logN, logDomain }: Shape): Q.QuadFelt {
  const coset = Q.fromBase(pow(cosetShift(logDomain), 1n << BigInt(logDomain)));
  for (;;) {
    const z = channel.sample();
    const inside = Q.equal(powerOfTwo(z, logN), Q.ONE) || Q.equal(powerOfTwo(z, logDomain), coset);
    if (!Q.isZero(z) && !inside) return z;
  }
}
