import type { AccountStorage } from './storage.ts';

export const RECEIVE_CALLBACK = 'kiln::protocol::faucet::callback::on_before_asset_added_to_account';
export const SEND_CALLBACK = 'kiln::protocol::faucet::callback::on_before_asset_added_to_note';

/**
 * Slots by which an issuer of assets has a word before they move: each holds the root of one of its procedures, or the empty
 * word. The kernel looks for them only where the id has the callback flag, so an account whose id lacks it may not have them.
 */
export const CALLBACK_SLOTS = [RECEIVE_CALLBACK, SEND_CALLBACK] as const;

export const hasCallbackSlot = (storage: AccountStorage): boolean =>
  CALLBACK_SLOTS.some((name) => storage.slot(name) !== undefined);
