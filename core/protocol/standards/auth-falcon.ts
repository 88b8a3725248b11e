import type { Word } from '../../hash/word.ts';
import type { AccountComponent } from '../account/component.ts';
import type { SlotSchema } from '../account/component-schema.ts';
import { type Standards, standardComponent } from './standards.ts';

/** The slot with the commitment to the public key. */
export const FALCON_SLOT = 'kiln::auth::falcon';
const SCHEMA: readonly SlotSchema[] = [{ kind: 'value', name: FALCON_SLOT, type: 'word' }];

/** Agrees to what is signed with the Falcon-512 key that this commits to (`falconKeyCommitment`). Key and signature stay hidden. */
export const falconAuthComponent = (standards: Standards, key: Word): AccountComponent =>
  standardComponent(standards, 'auth::falcon', SCHEMA, { [FALCON_SLOT]: key });
