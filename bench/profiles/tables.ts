import type { ProofHash } from '../../core/stark/profile.ts';
import type { LogHeights } from '../../core/vm/trace/padding.ts';
import { markdown, median, mib, ms, ratioText } from '../markdown.ts';
import type { KilnAnswer } from '../prover/process.ts';

export const PROFILES_IN_TURN = ['private', 'miden'] as const;

/** One proof of each profile. */
export type Round = Record<(typeof PROFILES_IN_TURN)[number], KilnAnswer>;

/** The first round is that of fresh processes. */
export interface Case {
  readonly heights: LogHeights;
  readonly hash: ProofHash;
  readonly rounds: readonly Round[];
}

interface Metric {
  readonly name: string;
  /** What private may cost of what miden does. */
  readonly target: number;
  readonly show: (value: number) => string;
  readonly of: (answer: KilnAnswer) => number;
  /** A process keeps what it once held, so that only its first proof tells. */
  readonly inFirst?: boolean;
}

const METRICS: readonly Metric[] = [
  { name: 'prove, ms', target: 1.3, show: ms, of: (a) => a.prove },
  // What other programs on the machine disturb least.
  { name: 'of processor time, ms', target: 1.3, show: ms, of: (a) => a.cpu },
  { name: 'proof, bytes', target: 1.1, show: String, of: (a) => a.proofBytes },
  { name: 'verify, ms', target: 1.1, show: (value) => value.toFixed(1), of: (a) => a.verify },
  { name: 'of processor time, ms', target: 1.1, show: (value) => value.toFixed(1), of: (a) => a.verifyCpu },
  { name: 'peak of the process, MiB', target: 1.2, show: mib, of: (a) => a.peakBytes, inFirst: true },
  { name: 'of it the backend, MiB', target: 1.2, show: mib, of: (a) => a.backendBytes, inFirst: true },
];

/** "private / miden = ratio", of the medians. */
function compared(
  { rounds }: Case,
  show: (value: number) => string,
  of: (answer: KilnAnswer) => number,
  inFirst = false,
): string {
  const chosen = inFirst ? rounds.slice(0, 1) : rounds.slice(1);
  const [hiding, open] = PROFILES_IN_TURN.map((profile) => median(chosen.map((round) => of(round[profile]))));
  return `${show(hiding)} / ${show(open)} = ${ratioText(hiding / open)}`;
}

/** Costs of hiding: private / miden = ratio of medians, beside the targets; then the same by phase. */
export function tables(machine: string, cases: readonly Case[]): string {
  const labels = ({ heights, hash }: Case): string[] => [`${heights.join()},16`, hash];
  const phases = Object.keys(cases[0].rounds[0].miden.phases);
  return [
    `Measured on ${machine}. Every cell: private / miden = ratio.`,
    markdown(
      ['heights', 'hash', ...METRICS.map(({ name }) => name)],
      [
        ...cases.map((each) => [
          ...labels(each),
          ...METRICS.map(({ show, of, inFirst }) => compared(each, show, of, inFirst)),
        ]),
        ['target', '', ...METRICS.map(({ target }) => `at most ${ratioText(target)}`)],
      ],
    ),
    'Time by phase, ms:',
    markdown(
      ['heights', 'hash', ...phases],
      cases.map((each) => [
        ...labels(each),
        ...phases.map((phase) => compared(each, ms, (answer) => answer.phases[phase])),
      ]),
    ),
  ].join('\n\n');
}
