import { textCode } from '../../hash/text.ts';
import type { EventHandler, Host } from '../host.ts';
import { aeadDecrypt } from './aead-decrypt.ts';
import { falconDiv, u64Div, u128Div, u256Div } from './division.ts';
import { smtPeek } from './smt-peek.ts';
import { lowerBoundArray, lowerBoundKeyValue } from './sorted-array.ts';

const silent: EventHandler = () => [];

/** Handlers of the events that the official core library emits, by the events' names. */
const BY_NAME: Readonly<Record<string, EventHandler>> = {
  'miden::core::math::u64::u64_div': u64Div,
  'miden::core::math::u128::u128_div': u128Div,
  'miden::core::math::u256::u256_div': u256Div,
  'miden::core::crypto::dsa::falcon512_eidos::falcon_div': falconDiv,
  'miden::core::collections::smt::smt_peek': smtPeek,
  'miden::core::collections::sorted_array::lowerbound_array': lowerBoundArray,
  'miden::core::collections::sorted_array::lowerbound_key_value': lowerBoundKeyValue,
  'miden::core::crypto::aead_eidos::decrypt': aeadDecrypt,
  // For debuggers; they print what may be secret, so here they are heard and not answered.
  'miden::core::debug::print_stack': silent,
  'miden::core::debug::print_mem': silent,
  'miden::core::debug::print_mem_all': silent,
  'miden::core::debug::print_adv_stack': silent,
  'miden::core::debug::print_adv_map': silent,
  'miden::core::debug::print_adv_map_item': silent,
  'readonly::miden_debug::frame_start': silent,
  'readonly::miden_debug::frame_end': silent,
  'readonly::miden_debug::assertion_failed': silent,
  'readonly::miden_debug::unknown': silent,
  'readonly::miden_debug::println': silent,
};

/**
 * The host for programs that use the official core library (miden-core-lib 1.0.0-rc.0), its precompiles (Keccak,
 * SHA-512, elliptic curves) left out: their events end in `event-unknown`.
 */
export const CORE_LIBRARY_HOST: Host = {
  handlers: new Map(Object.entries(BY_NAME).map(([name, handler]) => [textCode(name), handler])),
};
