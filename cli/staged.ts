/** Remembers in which stage of a command an error arose, for its report. */
export class StagedError extends Error {
  readonly stage: string;
  constructor(stage: string, cause: unknown) {
    super(stage, { cause });
    this.stage = stage;
  }
}

/** Runs `work`; what it throws is reported with `stage`. */
export function staged<T>(stage: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StagedError(stage, error);
  }
}
