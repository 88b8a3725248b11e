import { KilnError } from '../errors.ts';
import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import { observeExt, sampleExt, type Transcript } from '../hash/transcript.ts';
import type { Backend, Digest, Instance, OnProgress, ProvingSession, TreeOpening } from './backend.ts';
import { samplePoint } from './domain.ts';
import { toProofOrder } from './order.ts';
import type { Profile } from './profile.ts';
import { DIGEST_BYTES, writeStarkProof } from './proof/stark-proof.ts';
import { proofShape } from './shape.ts';
import { lookupSum, openTranscript, type Statement } from './statement.ts';

export interface ProveOptions {
  /** In instance order. */
  readonly instances: readonly Instance[];
  readonly statement: Statement;
  readonly profile: Profile;
  readonly backend: Backend;
  /** Stops the work within 200 ms; the promise then rejects with a `KilnError` of kind `cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Everything the prover says: some of it is observed by the transcript, all of it is the proof. */
class Narrator {
  readonly #transcript: Transcript;
  readonly #session: ProvingSession;
  readonly #fields: Felt[] = [];
  readonly #digests: Digest[] = [];

  constructor(transcript: Transcript, session: ProvingSession) {
    this.#transcript = transcript;
    this.#session = session;
  }

  commit(root: Digest): void {
    this.#transcript.observeDigest(root);
    this.#digests.push(root);
  }
  say(values: readonly QuadFelt[]): void {
    for (const value of values) {
      observeExt(this.#transcript, value);
      this.#fields.push(...value);
    }
  }
  challenge(): QuadFelt {
    return sampleExt(this.#transcript);
  }
  /** Zero bits still take a place in the proof: any witness will do, so zero. */
  async grind(bits: number): Promise<void> {
    const witness = bits === 0 ? 0n : await this.#session.grind(this.#transcript.grindJob(bits));
    if (!this.#transcript.checkWitness(bits, witness)) {
      throw new KilnError('faulty-backend', 'The prover found a wrong proof of work.', {
        details: `nonce ${witness}, ${bits} bits`,
        advice: 'Prove with another backend, and report this.',
      });
    }
    this.#fields.push(witness);
  }
  hint({ rows, siblings }: TreeOpening): void {
    for (const row of rows) this.#fields.push(...row);
    this.#digests.push(...siblings);
  }
  proof(logHeights: readonly number[]): Uint8Array {
    const commitments = new Uint8Array(DIGEST_BYTES * this.#digests.length);
    for (const [i, digest] of this.#digests.entries()) commitments.set(digest, DIGEST_BYTES * i);
    return writeStarkProof({ logHeights, fields: BigUint64Array.from(this.#fields), commitments });
  }
}

/**
 * Proves that traces satisfy their AIRs and that lookups balance. Returns the bytes of a STARK proof (see
 * {@link file://./proof/stark-proof.ts}), the same ones for every backend. Traces must be valid: an unbalanced one is
 * refused with a `KilnError` of kind `unbalanced-lookups`, other defects give a proof that no verifier accepts.
 */
export async function prove(options: ProveOptions): Promise<Uint8Array> {
  const { instances, profile, backend, signal, onProgress } = options;
  const session = await backend.open({
    profile,
    instances,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  try {
    return await converse(options, session);
  } finally {
    session.close();
  }
}

async function converse(
  { instances, statement, profile }: ProveOptions,
  session: ProvingSession,
): Promise<Uint8Array> {
  const logHeights = instances.map((i) => i.logHeight);
  const shape = proofShape(
    instances.map((i) => i.air),
    logHeights,
    profile,
  );
  const { preprocessed, main } = await session.commitMain();
  const transcript = openTranscript(profile, statement, preprocessed, logHeights);
  const say = new Narrator(transcript, session);

  say.commit(main);
  const lookup = [say.challenge(), say.challenge()] as const;
  const { root: aux, sigmas } = await session.commitAux(...lookup);
  if (!Q.isZero(lookupSum(sigmas, logHeights, statement, lookup))) {
    throw new KilnError('unbalanced-lookups', 'The trace is inconsistent: its lookups do not balance.', {
      details: instances.map((instance, i) => `${instance.air.name}: ${sigmas[i]}`).join('\n'),
      advice: 'This is a defect of whatever made the trace; report it.',
    });
  }
  say.commit(aux);
  say.say(toProofOrder(shape.order, sigmas));

  const [alpha, beta] = [say.challenge(), say.challenge()];
  say.commit(await session.commitQuotient(alpha, beta));

  for (const row of await session.evaluateAt(samplePoint(transcript, shape.logMaxHeight, shape.logLde)))
    say.say(row);
  await say.grind(profile.deepPowBits);
  const [columns, points] = [say.challenge(), say.challenge()];
  await session.deep(columns, points);

  for (let round = 0; round < shape.friLogSizes.length; round++) {
    say.commit(await session.friCommit());
    await say.grind(profile.foldingPowBits);
    await session.friFold(say.challenge());
  }
  say.say(await session.friFinal());

  await say.grind(profile.queryPowBits);
  const indices = Array.from({ length: profile.numQueries }, () => transcript.sampleBits(shape.logLde));
  const openings = await session.query(indices);
  if (openings.preprocessed) say.hint(openings.preprocessed);
  for (const opening of [openings.main, openings.aux, openings.quotient, ...openings.fri]) say.hint(opening);
  return say.proof(logHeights);
}
