import { KilnError } from '../../errors.ts';

/** No seed could be had: without one a proof would hide nothing, so there is none. */
export const noRandomness = (details: string, cause?: unknown): KilnError =>
  new KilnError('no-randomness', 'The system gave no secure random numbers, so nothing was proved.', {
    details,
    advice: 'Update or restart the system; do not prove on it until this is mended.',
    cause,
  });

/** Randomness that must serve once was about to serve twice. */
export const randomnessReused = (details: string): KilnError =>
  new KilnError('randomness-reused', 'Secret randomness would have been used twice; nothing was released.', {
    details,
    advice: 'Prove again; if it happens again, report it.',
  });

/** The attempt that the randomness belonged to is over. */
export const randomnessClosed = (): KilnError =>
  new KilnError('randomness-closed', 'The randomness of a finished proof was asked for.', {
    advice: 'This is a defect; report it.',
  });
