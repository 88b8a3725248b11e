/** The check that a proof failed, in the order in which checks are made. */
export type Reason =
  | 'format'
  | 'heights'
  | 'incomplete'
  | 'work'
  | 'opening'
  | 'fri'
  | 'final-polynomial'
  | 'lookups'
  | 'constraints'
  | 'trailing';

/** The verdict on a proof that shows nothing. Any other exception is a defect of this verifier. */
export class Rejection extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, details: string) {
    super(`${reason}: ${details}`);
    this.reason = reason;
  }
}

export function demand(condition: boolean, reason: Reason, details: string): asserts condition {
  if (!condition) throw new Rejection(reason, details);
}
