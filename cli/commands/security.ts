import { openContainer } from '../../core/stark/miden/container.ts';
import { BYTE_TABLE_LOG_HEIGHT } from '../../core/stark/miden/relation.ts';
import { midenSecurity } from '../../core/stark/miden/security.ts';
import type { Profile, ProofHash } from '../../core/stark/profile.ts';
import { readClaim } from '../../core/stark/proof/claim.ts';
import { readStarkProof } from '../../core/stark/proof/stark-proof.ts';
import { MULTIPLICITY } from '../../core/stark/security/proven.ts';
import type { SecurityReport } from '../../core/stark/security/types.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readBytes, readText } from '../files.ts';
import type { Options } from '../options.ts';
import { hashOf, heightsOf, MIN_LOG_HEIGHT, profileNameOf, profileOf, SETTINGS_OPTIONS } from '../profile.ts';
import { UsageError } from '../usage.ts';

/** What proofs are asked about: log2 of all heights, in instance order. */
interface Subject {
  readonly hash: ProofHash;
  readonly logHeights: readonly number[];
}

/** What a proof says of itself; whether it is true, only verifying tells. */
function subjectOfFile(path: string, options: Options): Subject {
  for (const name of ['hash', 'heights'])
    if (options.text(name) !== undefined)
      throw new UsageError(`--${name} does not go with a proof, which says it`);
  const { hash, stark } = openContainer(readBytes(path), profileNameOf(options));
  return { hash, logHeights: readStarkProof(stark, hash).logHeights };
}

function subjectOfOptions(options: Options): Subject {
  const hash = hashOf(options);
  const [smallest] = profileOf(options)(hash).heightClasses;
  const heights = heightsOf(options) ?? smallest?.slice(0, 3) ?? Array<number>(3).fill(MIN_LOG_HEIGHT);
  return { hash, logHeights: [...heights, BYTE_TABLE_LOG_HEIGHT] };
}

/** Exact: reports count in 1/65536 bits. */
const bitsOf = (bitsQ16: bigint): number => Number(bitsQ16) / 65_536;
/** A bound is never rounded up. */
const show = (bits: number): string => (Math.floor(10 * bits) / 10).toFixed(1).padStart(18);

export const security: Command = {
  summary: 'Tells how many bits of security a proof has, round by round: conjectured and proven.',
  usage: '[P.bin] [options]',
  options: {
    claim: { value: 'C.json', help: 'its kernel takes part in the lookups (no kernel if not given)' },
    ...SETTINGS_OPTIONS,
  },
  async run(options, output) {
    const path = options.optionalOperand('proof file');
    const { hash, logHeights } =
      path === undefined ? subjectOfOptions(options) : subjectOfFile(path, options);
    const claimPath = options.text('claim');
    const kernel = claimPath === undefined ? [] : readClaim(readText(claimPath)).kernel;
    const profile: Profile = profileOf(options)(hash);
    const { conjectured, johnson, uniqueDecoding } = midenSecurity(profile, logHeights, kernel);

    output.line(
      `${profile.name}, ${hash}, log2 of heights ${logHeights.join()}, kernel procedures ${kernel.length}`,
    );
    if (path !== undefined) output.line(`(what ${path} says of itself: it was not verified)`);
    const heads = ['conjectured', 'proven', 'unique decoding'];
    output.line(`${''.padEnd(24)}${heads.map((head) => head.padStart(18)).join('')}`);
    const columns = [conjectured, johnson, uniqueDecoding] as const;
    const row = (label: string, bits: readonly number[]): void =>
      output.line(`${label.padEnd(24)}${bits.map(show).join('')}`);
    for (const [i, { label }] of conjectured.terms.entries())
      row(
        label,
        columns.map(({ terms }) => bitsOf(terms[i].bitsQ16)),
      );
    row(
      'the weakest',
      columns.map(({ binding }) => bitsOf(binding.bitsQ16)),
    );
    output.line(
      `Conjectured: as the official estimator counts. Proven: up to the Johnson bound with multiplicity ${MULTIPLICITY}, and by unique decoding; hashes are random oracles in both.`,
    );

    const whole = ({ binding, bits }: SecurityReport) => ({
      bits,
      exact: bitsOf(binding.bitsQ16),
      binding: binding.label,
    });
    output.result({
      profile: profile.name,
      hash,
      logHeights,
      kernelProcedures: kernel.length,
      verified: false,
      multiplicity: MULTIPLICITY,
      conjectured: whole(conjectured),
      proven: whole(johnson),
      uniqueDecoding: whole(uniqueDecoding),
      terms: conjectured.terms.map(({ label, bitsQ16 }, i) => ({
        label,
        conjectured: bitsOf(bitsQ16),
        proven: bitsOf(johnson.terms[i].bitsQ16),
        uniqueDecoding: bitsOf(uniqueDecoding.terms[i].bitsQ16),
      })),
    });
    return EXIT.done;
  },
};
