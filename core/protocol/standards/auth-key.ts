import type { Word } from '../../hash/word.ts';
import type { AccountComponent } from '../account/component.ts';
import type { SlotSchema } from '../account/component-schema.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { type Standards, standardComponent } from './standards.ts';

/** The slot with the hash of the secret. */
export const KEY_SLOT = 'kiln::auth::key';
const SCHEMA: readonly SlotSchema[] = [{ kind: 'value', name: KEY_SLOT, type: 'word' }];

/** The key of a secret word: what the account's storage shows of it. */
export const keyOf = (secret: Word): Word => commit(ProtocolDomain.AUTH_KEY, secret);

/** Agrees to what is proved by someone who knows the secret of this key. Only a hiding proof keeps it. */
export const keyAuthComponent = (standards: Standards, key: Word): AccountComponent =>
  standardComponent(standards, 'auth::key', SCHEMA, { [KEY_SLOT]: key });
