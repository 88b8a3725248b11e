import { withHiddenSum } from '../air/hidden-sum.ts';
import { KilnError } from '../errors.ts';
import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import { observeExt, sampleExt, type Transcript } from '../hash/transcript.ts';
import type { Backend, Digest, Instance, OnProgress, ProvingSession, TreeOpening } from './backend.ts';
import { samplePoint } from './domain.ts';
import { checkHiding } from './hiding.ts';
import { sentOpening } from './opened-rows.ts';
import { toProofOrder } from './order.ts';
import type { Profile } from './profile.ts';
import { DIGEST_BYTES, type StarkProof } from './proof/stark-proof.ts';
import { ProofSeed } from './randomness/proof-seed.ts';
import type { SeedSource } from './randomness/seed.ts';
import type { ProofRandomness } from './randomness/types.ts';
import { proofShape } from './shape.ts';
import { lookupSum, openTranscript, type Statement } from './statement.ts';

/** What to prove, and on what. */
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

/** Attempts at one proof. One fails with probability below 2^-63; several in a row are a defect. */
const MAX_ATTEMPTS = 4;

/**
 * `prove` with the seed of its randomness given: for `prove` itself and for tests. Two proofs of different statements
 * under one seed are safe only as far as `ProofSeed` makes them so; never use a fixed seed for anything that is secret.
 */
export async function proveWith(options: ProveOptions, seedSource: SeedSource): Promise<StarkProof> {
  const { profile, instances } = options;
  if (profile.hidingVersion === 0) return attempt(options, undefined);
  checkHiding(
    profile,
    instances.map((i) => i.air),
    instances.map((i) => i.logHeight),
  );
  const hiding = profile.hiddenSums
    ? { ...options, instances: instances.map((i) => ({ ...i, air: withHiddenSum(i.air) })) }
    : options;
  const seed = await ProofSeed.draw(seedSource, options);
  try {
    for (let number = 0; number < MAX_ATTEMPTS; number++) {
      const proof = await attemptHiding(hiding, seed.attempt(number));
      if (proof) return proof;
    }
  } finally {
    seed.close();
  }
  throw new KilnError('too-many-attempts', 'The prover met impossible challenges again and again.', {
    details: `${MAX_ATTEMPTS} attempts`,
    advice: 'Prove with another backend, and report this.',
  });
}

/** A challenge for which the proof could not be made, or would not hide. */
const UNLUCKY: ReadonlySet<string> = new Set(['lookup-denominator', 'weak-challenge']);

/**
 * One attempt; closes `randomness`. Undefined if the challenges were unlucky: nothing of the attempt may be used, and the
 * next one has other masks. That a lookup denominator was zero depends on the witness, so it must not show.
 */
async function attemptHiding(
  options: ProveOptions,
  randomness: ProofRandomness,
): Promise<StarkProof | undefined> {
  try {
    return await attempt(options, randomness);
  } catch (error) {
    if (error instanceof KilnError && UNLUCKY.has(error.kind)) return undefined;
    throw error;
  } finally {
    randomness.close();
  }
}

async function attempt(options: ProveOptions, randomness: ProofRandomness | undefined): Promise<StarkProof> {
  const { instances, profile, backend, signal, onProgress } = options;
  const session = await backend.open({
    profile,
    instances,
    ...(randomness && { randomness }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  try {
    return await converse(options, session);
  } finally {
    session.close();
  }
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
  proof(logHeights: readonly number[]): StarkProof {
    const commitments = new Uint8Array(DIGEST_BYTES * this.#digests.length);
    for (const [i, digest] of this.#digests.entries()) commitments.set(digest, DIGEST_BYTES * i);
    return { logHeights, fields: BigUint64Array.from(this.#fields), commitments };
  }
}

async function converse(
  { instances, statement, profile }: ProveOptions,
  session: ProvingSession,
): Promise<StarkProof> {
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
      // The sums are as secret as the traces where the profile hides them.
      details: instances
        .map(({ air }, i) => (profile.hiddenSums ? air.name : `${air.name}: ${sigmas[i]}`))
        .join('\n'),
      advice: 'This is a defect of whatever made the trace; report it.',
    });
  }
  say.commit(aux);
  if (!profile.hiddenSums) say.say(toProofOrder(shape.order, sigmas));

  const [alpha, beta] = [say.challenge(), say.challenge()];
  say.commit(await session.commitQuotient(alpha, beta));

  for (const row of await session.evaluateAt(samplePoint(transcript, shape.logMaxHeight, shape.logLde)))
    say.say(row);
  await say.grind(profile.deepPowBits);
  const [columns, points] = [say.challenge(), say.challenge()];
  // The masking polynomial's halves are weighted by powers of it, and must not fall together.
  if (profile.maskingColumns > 0 && columns[1] === 0n)
    throw new KilnError('weak-challenge', 'The columns were combined by an element of the base field.');
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
  for (const tree of shape.trees) say.hint(sentOpening(openings[tree.name]!, tree));
  for (const opening of openings.fri) say.hint(opening);
  return say.proof(logHeights);
}
