import { midenProfile, type Profile, type ProofHash, privateProfile } from '../../../core/stark/profile.ts';
import { writeStarkProof } from '../../../core/stark/proof/stark-proof.ts';
import { ReferenceBackend } from '../../../core/stark/reference/backend.ts';
import { proveWithSeed } from '../../../core/stark/testing/fixed-seed.ts';
import { converse, type Lies, written } from '../../../core/stark/testing/liar.ts';
import { type Toy, toy, toyVerification } from '../../../core/stark/toy-airs.ts';
import { type Case, parametersOf } from './both.ts';

const TABLE_LOG = 6;
const TABLE = 0;
const reference = new ReferenceBackend();

export interface ToyCase extends Case {
  readonly toy: Toy;
}

/** The toy relation (three AIRs, of which one has fixed columns) with a walk of 2^log rows. */
export async function toyCase(log: number, profile: Profile): Promise<ToyCase> {
  const honest = toy(log);
  const { instances, statement } = honest;
  const session = await reference.open({ profile: plain(profile), instances });
  const root = (await session.commitMain()).preprocessed!;
  session.close();
  return {
    toy: honest,
    relation: {
      airs: instances.map(({ air }) => air),
      publicValues: instances.map(({ publicValues }) => publicValues),
      digest: statement.relationDigest,
      observed: statement.observed,
      boundary: (challenges) => statement.boundary(challenges),
      fixed: { root, logHeight: TABLE_LOG },
    },
    parameters: parametersOf(profile),
    theirs: {
      ...toyVerification(honest, root),
      profile,
      fixedLogHeights: instances.map((_, i) => (i === TABLE ? TABLE_LOG : undefined)),
    },
  };
}

/** Fixed columns are committed alike with and without hiding. */
const plain = (profile: Profile): Profile => ({
  ...profile,
  hidingVersion: 0,
  slack: 0,
  maskLength: 0,
  blinderLength: 0,
  saltWidth: 0,
  maskingColumns: 0,
  hiddenSums: false,
});

/** Few queries and little work, so that changes get past the proofs of work; masks as short as hiding then allows. */
const SMALL = { numQueries: 3, queryPowBits: 1, deepPowBits: 1, foldingPowBits: 1, logFinalDegree: 3 };
const small = (hash: ProofHash): Profile => ({
  ...privateProfile(hash),
  ...SMALL,
  logFinalDegree: 5,
  slack: 56,
  maskLength: 12,
  blinderLength: 7,
  heightClasses: [],
});

/** Parameters for traces of at least 2^7 rows. */
export const PROFILES: Readonly<Record<string, (hash: ProofHash) => Profile>> = {
  plain: (hash) => ({ ...midenProfile(hash), ...SMALL }),
  hiding: small,
  'hiding, some shapes only': (hash) => ({
    ...small(hash),
    numQueries: 2,
    logFinalDegree: 3,
    maskLength: 10,
    slack: 48,
    heightClasses: [6, 7, 8, 9].map((log) => [6, log, 6]),
  }),
  'hiding, no work, hardly folded': (hash) => ({
    ...small(hash),
    queryPowBits: 0,
    deepPowBits: 0,
    foldingPowBits: 0,
    logFinalDegree: 6,
  }),
};

/** The same proof for the same seed. */
export const proveToy = (of: ToyCase, seed: number): Promise<Uint8Array> =>
  proveWithSeed({ ...of.toy, profile: of.theirs.profile, backend: reference }, seed);

/** What a malicious prover says to prove the same. */
export const lie = async (of: ToyCase, lies: Lies): Promise<Uint8Array> =>
  writeStarkProof(
    written(
      await converse({ ...of.toy, profile: of.theirs.profile, fixedRoot: of.relation.fixed!.root }, lies),
    ),
  );
