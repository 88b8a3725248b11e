import { KilnError } from '../../errors.ts';

export const unavailable = (message: string, details = ''): KilnError =>
  new KilnError('backend-unavailable', message, { details, advice: 'Prove on the CPU.' });

export const outOfMemory = (details: string): KilnError =>
  new KilnError('out-of-memory', 'The GPU does not have enough memory for this proof.', {
    details,
    advice: 'Prove on the CPU, or close other programs that use the GPU.',
  });

export const deviceLost = (details: string): KilnError =>
  new KilnError('device-lost', 'The GPU stopped responding.', {
    details,
    advice: 'Prove on the CPU; try the GPU again later.',
  });

export const cancelled = (): KilnError => new KilnError('cancelled', 'Proving was cancelled.');
