import type { AccountComponent } from '../account/component.ts';
import { type Standards, standardComponent } from './standards.ts';

/** Takes what the account is sent, and sends what its owner says. */
export const walletComponent = (standards: Standards): AccountComponent =>
  standardComponent(standards, 'wallet');
