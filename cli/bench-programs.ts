/**
 * Programs to measure with, without inputs and of constant memory: one that only computes, one that hashes. Their size
 * is the logarithm of the Core trace's height: the loop runs as often as just fits it.
 */
export interface BenchProgram {
  readonly minLog: number;
  /** MASM whose run fills a Core trace of 2^log rows but for less than one round of its loop. */
  source(log: number): string;
}

interface CountedLoop {
  readonly minLog: number;
  readonly before: string;
  /** Runs with the counter on top of the stack, and moves it there again. */
  readonly body: string;
  readonly after: string;
  /** Cycles of a run of n rounds, n >= 2: outside + n * round. */
  readonly outside: number;
  readonly round: number;
}

function countedLoop({ minLog, before, body, after, outside, round }: CountedLoop): BenchProgram {
  return {
    minLog,
    source(log) {
      // A Core trace has one row more than the run has cycles.
      const rounds = Math.floor((2 ** log - 1 - outside) / round);
      return `begin
    ${before} push.${rounds} push.1
    while.true
        ${body} sub.1 dup.0 neq.0
    end
    ${after}
end
`;
    },
  };
}

export const BENCH_PROGRAMS = {
  /** Fibonacci numbers: field additions and stack moves. */
  fibonacci: countedLoop({
    minLog: 6,
    before: 'push.1',
    body: 'movdn.2 dup.1 add swap movup.2',
    after: 'drop swap drop',
    outside: 23,
    round: 14,
  }),
  /** A chain of hashes, one compression in 23 cycles. */
  hashing: countedLoop({
    minLog: 8,
    before: '',
    body: 'movdn.4 repeat.4 padw hdword end movup.4',
    after: 'drop',
    outside: 19,
    round: 93,
  }),
} as const satisfies Record<string, BenchProgram>;

export type BenchProgramName = keyof typeof BENCH_PROGRAMS;
