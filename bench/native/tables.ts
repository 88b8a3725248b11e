import type { BenchProgramName } from '../../cli/bench-programs.ts';
import type { ProofHash } from '../../core/stark/profile.ts';
import { markdown, median, mib, ms, ratioText } from '../markdown.ts';
import type { KilnAnswer } from '../prover/process.ts';

/** One proof by each prover. */
export interface Round {
  readonly official: {
    readonly prove: number;
    readonly cpu: number | undefined;
    readonly verify: number;
    readonly peakBytes: number | undefined;
  };
  readonly kiln: KilnAnswer;
}

/** The first round is that of fresh processes. */
export interface CaseResult {
  readonly program: BenchProgramName;
  readonly log: number;
  readonly hash: ProofHash;
  readonly rounds: readonly Round[];
}

/** What only some systems tell may be missing. */
const ifKnown = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined || Number.isNaN(value) ? '' : format(value);
/** The tables of docs/performance.md: medians of all rounds but the first. */
export function tables(machine: string, results: readonly CaseResult[]): string {
  const summed = results.map(({ program, log, hash, rounds }) => {
    const warm = rounds.slice(1);
    const of = (pick: (round: Round) => number): number => median(warm.map(pick));
    return {
      labels: [`${program} 2^${log}`, hash],
      first: rounds[0],
      last: rounds[rounds.length - 1],
      official: of((r) => r.official.prove),
      kiln: of((r) => r.kiln.prove),
      // Of neighbours in time, so that what else the machine does falls out.
      ratio: of((r) => r.kiln.prove / r.official.prove),
      cpu: [of((r) => r.official.cpu ?? Number.NaN), of((r) => r.kiln.cpu)],
      cpuRatio: of((r) => r.kiln.cpu / (r.official.cpu ?? Number.NaN)),
      verify: [of((r) => r.official.verify), of((r) => r.kiln.verify)],
      phase: (name: string): number => of((r) => r.kiln.phases[name]),
    };
  });
  const phases = Object.keys(results[0].rounds[0].kiln.phases);
  return [
    `Measured on ${machine}.`,
    'Time of a proof (traces and STARK) and of its verification, ms:',
    markdown(
      'program,hash,official,Kiln,ratio,official first,Kiln first,verify official,verify Kiln'.split(','),
      summed.map(({ labels, first, official, kiln, ratio, verify }) => [
        ...labels,
        ...[official, kiln].map(ms),
        ratioText(ratio),
        ...[first.official.prove, first.kiln.prove].map(ms),
        ...verify.map((value) => value.toFixed(1)),
      ]),
    ),
    'Processor time of a proof, all threads together, ms:',
    markdown(
      'program,hash,official,Kiln,ratio,official first,Kiln first'.split(','),
      summed.map(({ labels, first, cpu, cpuRatio }) => [
        ...labels,
        ...cpu.map((value) => ifKnown(value, ms)),
        ifKnown(cpuRatio, ratioText),
        ...[first.official.cpu, first.kiln.cpu].map((value) => ifKnown(value, ms)),
      ]),
    ),
    'Memory at the peak, MiB, and size of the proof:',
    markdown(
      ['program', 'hash', 'official process', 'Kiln process', 'ratio', 'of it WebAssembly', 'proof bytes'],
      summed.map(({ labels, last: { official, kiln } }) => [
        ...labels,
        ifKnown(official.peakBytes, mib),
        mib(kiln.peakBytes),
        ifKnown(official.peakBytes, (bytes) => ratioText(kiln.peakBytes / bytes)),
        mib(kiln.backendBytes),
        String(kiln.proofBytes),
      ]),
    ),
    "Kiln's time by phase, ms:",
    markdown(
      ['program', 'hash', ...phases],
      summed.map(({ labels, phase }) => [...labels, ...phases.map((name) => ms(phase(name)))]),
    ),
  ].join('\n\n');
}
