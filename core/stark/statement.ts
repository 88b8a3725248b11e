import type { Felt } from '../field/felt.ts';
import * as F from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
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

/** A transcript that has absorbed everything both sides know before the prover's first message. */
export function openTranscript(
  profile: Profile,
  statement: Statement,
  preprocessed: Digest | undefined,
  logHeights: readonly number[],
): Transcript {
  const transcript =
    profile.hash === 'eidos'
      ? new EidosTranscript(statement.relationDigest)
      : new Blake3Transcript(statement.relationDigest);
  const parameters = [
    profile.numQueries,
    profile.queryPowBits,
    profile.deepPowBits,
    profile.foldingPowBits,
    profile.logBlowup,
    profile.logFinalDegree,
    2 ** profile.logFoldingArity,
    0,
  ];
  for (const parameter of parameters) transcript.observe(BigInt(parameter));
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
