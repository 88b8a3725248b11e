/** Remembers in which stage of a command an error arose, for its report. */
export class StagedError extends Error {
  readonly stage: string;
  constructor(stage: string, cause: unknown) {
    super(stage, { cause });
    this.stage = stage;
  }
}

/** Runs `work`; what it throws is reported with `stage`. */
export async function staged<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StagedError(stage, error);
  }
}
