import type { Felt } from '../../field/felt.ts';
import type { AccountId } from '../account/account-id.ts';
import type { AccountComponent } from '../account/component.ts';
import type { SlotSchema } from '../account/component-schema.ts';
import type { AccountStorage } from '../account/storage.ts';
import { idIn } from './standard-note.ts';
import { type Standards, standardComponent } from './standards.ts';

const OWNER_SLOT = 'kiln::access::owner';
const felt = (name: string) => ({ name, type: 'felt' as const });
const SCHEMA: readonly SlotSchema[] = [
  {
    kind: 'value',
    name: OWNER_SLOT,
    type: [felt('owner_suffix'), felt('owner_prefix'), felt('nominee_suffix'), felt('nominee_prefix')],
    initial: [0n, 0n, 0n, 0n],
  },
];
/** A suffix that no id has: the account's owner renounced. */
const NOBODY = 1n;

/** Lets an owner change the account's settings, by notes that it makes; without one, whoever the account's authentication lets. */
export const accessComponent = (standards: Standards, owner?: AccountId): AccountComponent =>
  standardComponent(standards, 'access', SCHEMA, {
    ...(owner && { [OWNER_SLOT]: [owner.suffix, owner.prefix, 0n, 0n] as const }),
  });

/** Who may change an account's settings. */
export interface Access {
  /** `authentication`: whoever authenticates as the account. `nobody`: an owner renounced. */
  readonly owner: AccountId | 'authentication' | 'nobody';
  readonly nominee?: AccountId;
}

/** Who may change the settings of an account with this storage; `undefined` where nothing says so. */
export function readAccess(storage: AccountStorage): Access | undefined {
  const slot = storage.slot(OWNER_SLOT);
  if (slot?.kind !== 'value') return undefined;
  const [suffix, prefix, ...nominated] = slot.value;
  const nominee = idIn(nominated[0], nominated[1]);
  const owner = ownerIn(suffix, prefix);
  return owner && { owner, ...(nominee && { nominee }) };
}

function ownerIn(suffix: Felt, prefix: Felt): Access['owner'] | undefined {
  if (suffix === 0n && prefix === 0n) return 'authentication';
  if (suffix === NOBODY && prefix === 0n) return 'nobody';
  return idIn(suffix, prefix);
}
