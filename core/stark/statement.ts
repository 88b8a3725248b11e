import type { Felt } from '../field/felt.ts';
import * as F from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import { hashElements } from '../hash/eidos.ts';
import type { Transcript } from '../hash/transcript.ts';
import { Blake3Transcript } from '../hash/transcript-blake3.ts';
import { EidosTranscript } from '../hash/transcript-eidos.ts';
import type { Word } from '../hash/word.ts';
import type { Digest } from './backend.ts';
import type { Profile } from './profile.ts';

/** What a proof is about, beside the AIRs and their public values. */
export interface Statement {
  /** Names the relation: it opens the transcript. */
  readonly relationDigest: Word;
  /** Public data bound by the transcript. */
  readonly observed: readonly Felt[];
  /**
   * What the public data adds to the LogUp sum, for challenges [alpha, beta]: with the AIRs' own totals,
   * sum_j height_j sigma_j, it must come to zero.
   */
  boundary(challenges: readonly [QuadFelt, QuadFelt]): QuadFelt;
}

/** Version of the constraints that a hiding relation has beyond the official ones; there are none yet. */
const HARDENING_VERSION = 0;

/** The relation that opens the transcript: a hiding proof's is another, because its sums are columns. */
export const relationOf = ({ hidingVersion }: Profile, { relationDigest }: Statement): Word =>
  hidingVersion === 0
    ? relationDigest
    : hashElements([...relationDigest, BigInt(hidingVersion), BigInt(HARDENING_VERSION)]);

/** The parameters as the transcript absorbs them: one block of eight, and one more for a hiding proof. */
export function profileParameters(profile: Profile): Felt[] {
  const parameters = [
    profile.numQueries,
    profile.queryPowBits,
    profile.deepPowBits,
    profile.foldingPowBits,
    profile.logBlowup,
    profile.logFinalDegree,
    2 ** profile.logFoldingArity,
    profile.hidingVersion === 0 ? 0 : 1,
  ].map(BigInt);
  if (profile.hidingVersion === 0) return parameters;
  const { hidingVersion, slack, maskLength, blinderLength, saltWidth, hiddenSums, heightClasses } = profile;
  const numbers = [hidingVersion, 64 + slack, 64, maskLength, blinderLength, saltWidth, hiddenSums ? 1 : 0];
  return [...parameters, ...numbers.map(BigInt), hashElements(heightClasses.flat().map(BigInt))[0]];
}

/** A transcript that has absorbed everything both sides know before the prover's first message. */
export function openTranscript(
  profile: Profile,
  statement: Statement,
  preprocessed: Digest | undefined,
  logHeights: readonly number[],
): Transcript {
  const relation = relationOf(profile, statement);
  const transcript =
    profile.hash === 'eidos' ? new EidosTranscript(relation) : new Blake3Transcript(relation);
  for (const parameter of profileParameters(profile)) transcript.observe(parameter);
  if (preprocessed) transcript.observeDigest(preprocessed);
  for (const value of statement.observed) transcript.observe(value);
  transcript.observe(BigInt(logHeights.length));
  for (const log of logHeights) transcript.observe(BigInt(log));
  return transcript;
}

/** sum_j height_j sigma_j plus the boundary: zero when every message that is sent is received. Instance order. */
export function lookupSum(
  sigmas: readonly QuadFelt[],
  logHeights: readonly number[],
  statement: Statement,
  challenges: readonly [QuadFelt, QuadFelt],
): QuadFelt {
  return sigmas.reduce(
    (sum, sigma, i) => Q.add(sum, Q.mulBase(sigma, F.felt(2 ** logHeights[i]))),
    statement.boundary(challenges),
  );
}
