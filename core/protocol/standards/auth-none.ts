import type { AccountComponent } from '../account/component.ts';
import { type Standards, standardComponent } from './standards.ts';

/** Agrees to everything: for tests. */
export const noAuthComponent = (standards: Standards): AccountComponent =>
  standardComponent(standards, 'auth::none');
