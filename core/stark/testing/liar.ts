import type { AuxTrace } from '../../air/aux-trace.ts';
import { withHiddenSum } from '../../air/hidden-sum.ts';
import type { RowSource } from '../../air/row-evaluator.ts';
import type { Felt } from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { observeExt, sampleExt } from '../../hash/transcript.ts';
import type {
  Digest,
  GrindJob,
  Instance,
  Phase,
  ProvingSession,
  SessionOptions,
  TreeOpening,
} from '../backend.ts';
import { samplePoint } from '../domain.ts';
import { sentOpening } from '../opened-rows.ts';
import { toProofOrder } from '../order.ts';
import type { Profile } from '../profile.ts';
import type { StarkProof } from '../proof/stark-proof.ts';
import { OneShotRandomness } from '../randomness/one-shot.ts';
import { ReferenceSession } from '../reference/backend.ts';
import { type ProofShape, proofShape } from '../shape.ts';
import { openTranscript, type Statement } from '../statement.ts';

/**
 * A malicious prover, for tests of verifiers. It follows the protocol, says what it says to the transcript and so gets the
 * challenges that go with it, and lies in one place: what a verifier must catch by its checks, not by a transcript that has
 * gone astray.
 */
export interface Lies {
  /** Proves these instead, pretending they are the honest ones. */
  readonly instances?: readonly Instance[];
  readonly logHeights?: readonly number[];
  /** Proves with these parameters, and says so unless `says` are others. */
  readonly profile?: Profile;
  readonly says?: Profile;
  sigmas?(sigmas: QuadFelt[]): readonly QuadFelt[];
  quotientChallenge?(alpha: QuadFelt): QuadFelt;
  /** Returns other rows, or changes them in place: then the DEEP codeword is made from the lie too. */
  rows?(rows: [QuadFelt[], QuadFelt[]], z: QuadFelt): Rows | Promise<Rows | undefined>;
  foldChallenge?(beta: QuadFelt, round: number): QuadFelt;
  final?(coefficients: readonly QuadFelt[]): readonly QuadFelt[];
  witness?(what: string, job: GrindJob, honest: Felt): Felt;
  indices?(indices: readonly number[]): readonly number[];

  /** The lookup columns of an instance. */
  auxTrace?(instance: number, honest: AuxTrace, source: RowSource): AuxTrace;
  /** Coefficients of the columns of a matrix, before they are committed; all of one length. */
  polynomials?(phase: Phase, position: number, columns: BigUint64Array[]): BigUint64Array[];
  /** The number of rows that an instance's hidden sum counts for. */
  sumWeight?(instance: number, honest: number): number;
}
export type Rows = readonly (readonly QuadFelt[])[];

/** What the prover said so far, for a lie that needs an honest session beside it. */
export interface Challenges {
  lookup: readonly [QuadFelt, QuadFelt];
  fold: readonly [QuadFelt, QuadFelt];
}

/** Everything said up to the queries, and the answers to them. */
export interface Conversation {
  readonly logHeights: readonly number[];
  readonly fields: readonly Felt[];
  readonly digests: readonly Digest[];
  /** In the order in which they are written, named as the verifier's errors name them. */
  readonly openings: readonly NamedOpening[];
}
export interface NamedOpening extends TreeOpening {
  readonly name: string;
}

/** The honest statement that the liar pretends to prove. */
export interface Pretence {
  readonly instances: readonly Instance[];
  readonly statement: Statement;
  readonly profile: Profile;
  /** Root of the fixed columns, as the verifier knows it. */
  readonly fixedRoot?: Digest;
}

/** A reference session that computes what it is told to, however wrong. */
class LyingSession extends ReferenceSession {
  readonly #lies: Lies;

  constructor(options: SessionOptions, lies: Lies) {
    super(options, false);
    this.#lies = lies;
  }

  protected override auxTrace(instance: number, source: RowSource): AuxTrace {
    const honest = super.auxTrace(instance, source);
    return this.#lies.auxTrace?.(instance, honest, source) ?? honest;
  }
  protected override polynomials(
    phase: Phase,
    position: number,
    columns: BigUint64Array[],
  ): BigUint64Array[] {
    return this.#lies.polynomials?.(phase, position, columns) ?? columns;
  }
  protected override sumWeight(instance: number): number {
    const honest = super.sumWeight(instance);
    return this.#lies.sumWeight?.(instance, honest) ?? honest;
  }
}

/**
 * A session with the same randomness every time: two with the same instances and challenges give the same answers. It
 * goes on when what it computes shows that the traces are false.
 */
export const openSession = (
  profile: Profile,
  instances: readonly Instance[],
  lies: Lies = {},
): ProvingSession =>
  new LyingSession(
    {
      profile,
      instances: instances.map((i) => (profile.hiddenSums ? { ...i, air: withHiddenSum(i.air) } : i)),
      ...(profile.hidingVersion > 0 && {
        randomness: new OneShotRandomness(Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
      }),
    },
    lies,
  );

/** Talks to a verifier who is not there. `said` learns the challenges as they come. */
export async function converse(
  pretence: Pretence,
  lies: Lies,
  said?: Challenges,
): Promise<Conversation & { readonly shape: ProofShape }> {
  const { statement } = pretence;
  const profile = lies.profile ?? pretence.profile;
  const instances = lies.instances ?? pretence.instances;
  const logHeights = lies.logHeights ?? pretence.instances.map((i) => i.logHeight);
  const shape = proofShape(
    instances.map(({ air }) => (profile.hiddenSums ? withHiddenSum(air) : air)),
    instances.map((i) => i.logHeight),
    profile,
  );
  const session = openSession(profile, instances, lies);
  const fields: Felt[] = [];
  const digests: Digest[] = [];
  const { main } = await session.commitMain();
  const transcript = openTranscript(lies.says ?? profile, statement, pretence.fixedRoot, logHeights);
  const commit = (root: Digest) => {
    transcript.observeDigest(root);
    digests.push(root);
  };
  const say = (values: readonly QuadFelt[]) => {
    for (const value of values) {
      observeExt(transcript, value);
      fields.push(...value);
    }
  };
  const grind = async (what: string, bits: number) => {
    const job = transcript.grindJob(bits);
    const found = await session.grind(job);
    const witness = lies.witness?.(what, job, found) ?? found;
    transcript.checkWitness(bits, witness);
    fields.push(witness);
  };

  commit(main);
  const lookup = [sampleExt(transcript), sampleExt(transcript)] as const;
  if (said) said.lookup = lookup;
  const { root, sigmas } = await session.commitAux(...lookup);
  commit(root);
  if (!profile.hiddenSums) say(toProofOrder(shape.order, lies.sigmas?.(sigmas as QuadFelt[]) ?? sigmas));
  const [alpha, beta] = [sampleExt(transcript), sampleExt(transcript)];
  if (said) said.fold = [alpha, beta];
  commit(await session.commitQuotient(lies.quotientChallenge?.(alpha) ?? alpha, beta));
  const z = samplePoint(transcript, shape.logMaxHeight, shape.logLde);
  const rows = (await session.evaluateAt(z)) as [QuadFelt[], QuadFelt[]];
  for (const row of (await lies.rows?.(rows, z)) ?? rows) say(row);
  await grind('DEEP', profile.deepPowBits);
  await session.deep(sampleExt(transcript), sampleExt(transcript));
  for (let round = 0; round < shape.friLogSizes.length; round++) {
    commit(await session.friCommit());
    await grind('FRI', profile.foldingPowBits);
    const challenge = sampleExt(transcript);
    await session.friFold(lies.foldChallenge?.(challenge, round) ?? challenge);
  }
  const final = await session.friFinal();
  say(lies.final?.(final) ?? final);
  await grind('queries', profile.queryPowBits);
  const indices = Array.from({ length: profile.numQueries }, () => transcript.sampleBits(shape.logLde));
  const { fri, ...trees } = await session.query(lies.indices?.(indices) ?? indices);
  const named = (name: string, opening: TreeOpening): NamedOpening => ({ name, ...opening });
  return {
    shape,
    logHeights,
    fields,
    digests,
    openings: [
      ...shape.trees.map((tree) => named(`${tree.name} tree`, sentOpening(trees[tree.name]!, tree))),
      ...fri.map((opening, round) => named(`FRI round ${round}`, opening)),
    ],
  };
}

/** What was said as a proof. */
export function written({ logHeights, fields, digests, openings }: Conversation): StarkProof {
  const commitments = [...digests, ...openings.flatMap((opening) => opening.siblings)];
  return {
    logHeights,
    fields: BigUint64Array.from([...fields, ...openings.flatMap((opening) => opening.rows.flat())]),
    commitments: Uint8Array.from(commitments.flatMap((digest) => [...digest])),
  };
}

/** A list with one entry changed. */
export const changed = <T>(values: readonly T[], at: number, change: (value: T) => T): T[] =>
  values.map((value, i) => (i === at ? change(value) : value));

export const plusOne = (value: QuadFelt): QuadFelt => Q.add(value, Q.ONE);
