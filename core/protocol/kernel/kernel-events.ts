import type { Felt } from '../../field/felt.ts';
import { textCode } from '../../hash/text.ts';

/**
 * What the transaction kernel asks its host and tells it (`masm/kernel/events.masm`; what stands on the stack is written
 * there), and what authentication asks. A host answers on the advice stack.
 */
const NAMES = {
  procedurePlace: 'kiln::account::procedure_place',
  slotIndex: 'kiln::account::slot_index',
  upgradedCode: 'kiln::account::upgraded_code',
  mapIndex: 'kiln::storage_map::index',
  mapValue: 'kiln::storage_map::value',
  mapOrder: 'kiln::storage_map::order',
  ledgerIndex: 'kiln::ledger::index',
  vaultValue: 'kiln::ledger::vault_value',
  ledgerOrder: 'kiln::ledger::order',
  delta: 'kiln::account::delta',
  foreignAccount: 'kiln::foreign::account',
  foreignAsset: 'kiln::foreign::asset',
  foreignEntry: 'kiln::foreign::entry',
  note: 'kiln::phase::note',
  script: 'kiln::phase::script',
  auth: 'kiln::phase::auth',
  epilogue: 'kiln::phase::epilogue',
  finished: 'kiln::phase::finished',
  authSecret: 'kiln::auth::request',
  authSignature: 'kiln::auth::signature',
  authApproval: 'kiln::auth::approval',
  authUnauthorized: 'kiln::auth::unauthorized',
} as const;

export type KernelEvent = keyof typeof NAMES;

/** Events that account code emits; all others are the kernel's own, which runs in the root context. */
export const FROM_ACCOUNT_CODE: ReadonlySet<KernelEvent> = new Set([
  'authSecret',
  'authSignature',
  'authApproval',
  'authUnauthorized',
]);

/** What EMIT finds on top of the stack for each event. */
export const KERNEL_EVENT_IDS = Object.fromEntries(
  Object.entries(NAMES).map(([event, name]) => [event, textCode(name)]),
) as Readonly<Record<KernelEvent, Felt>>;
