import type { Felt } from '../field/felt.ts';
import { textCode } from '../hash/text.ts';

/**
 * Events the VM itself answers: they read and extend the advice provider. An id is the code of the name behind
 * "sys::" (miden-core 1.0.0-rc.0, src/events/sys_events.rs).
 */
const NAMES = [
  'merkle_node_merge',
  'merkle_node_to_stack',
  'map_value_to_stack',
  'map_value_count_to_stack',
  'map_value_to_stack_n_0',
  'map_value_to_stack_n_4',
  'map_value_to_stack_n_8',
  'has_map_key',
  'ext2_inv',
  'u32_clz',
  'u32_ctz',
  'u32_clo',
  'u32_cto',
  'ilog2',
  'mem_to_map',
  'hdword_to_map',
  'hqword_to_map',
  'bcompress_to_map',
  'adv::register_deferred',
  'adv::evaluate_deferred',
  'adv::evaluate_deferred_frame',
  'adv::evaluate_deferred_payload',
  'adv::register_deferred_data',
  'adv::export_deferred_witness',
  'trace_event',
] as const;

export type SystemEvent = (typeof NAMES)[number];

/** Id of each system event: what EMIT finds on top of the stack. */
export const SYSTEM_EVENT_IDS = Object.fromEntries(
  NAMES.map((name) => [name, textCode(`sys::${name}`)]),
) as Readonly<Record<SystemEvent, Felt>>;

/** The system event of each id. */
export const SYSTEM_EVENTS: ReadonlyMap<Felt, SystemEvent> = new Map(
  NAMES.map((name) => [SYSTEM_EVENT_IDS[name], name]),
);
