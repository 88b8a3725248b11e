import type { SystemEvent } from '../../vm/system-events.ts';
import type { BareName, ErrorName, EventName } from '../instructions.ts';
import { emit } from './field.ts';

/** Advice, events, assertions and the VM's own state as operations (miden-assembly 1.0.0-rc.0, src/instruction). */

export const ENVIRONMENT_RECIPES = {
  nop: 'NOOP',
  sdepth: 'SDEPTH',
  caller: 'CALLER',
  clk: 'CLK',
  adv_push: 'ADVPOP',
  adv_pushw: 'PAD*4 ADVPOPW',
  adv_loadw: 'ADVPOPW',
  adv_pipe: 'PIPE',
  mem_stream: 'MSTREAM',
  emit: 'EMIT',
  trace: emit('trace_event'),
  'adv.insert_mem': emit('mem_to_map'),
  'adv.insert_hdword': emit('hdword_to_map'),
  'adv.insert_hqword': emit('hqword_to_map'),
  'adv.insert_compress': emit('bcompress_to_map'),
  'adv.has_mapkey': emit('has_map_key'),
  'adv.push_mapval': emit('map_value_to_stack'),
  'adv.push_mapval_count': emit('map_value_count_to_stack'),
  'adv.push_mtnode': emit('merkle_node_to_stack'),
  'adv.register_deferred': emit('adv::register_deferred'),
  'adv.register_deferred_data': emit('adv::register_deferred_data'),
  'adv.evaluate_deferred': emit('adv::evaluate_deferred'),
  'adv.evaluate_deferred_frame': emit('adv::evaluate_deferred_frame'),
  'adv.evaluate_deferred_payload': emit('adv::evaluate_deferred_payload'),
  'adv.export_deferred_witness': emit('adv::export_deferred_witness'),
} satisfies Partial<Record<BareName | EventName, string>>;

/** `adv.push_mapvaln.n`: the event that pads the values to a multiple of n. */
export const PADDED_MAP_VALUE: Readonly<Record<0 | 4 | 8, SystemEvent>> = {
  0: 'map_value_to_stack_n_0',
  4: 'map_value_to_stack_n_4',
  8: 'map_value_to_stack_n_8',
};

/** Assertions: the operations that carry an error code get the one of the message. */
export const ASSERTION_RECIPES: Readonly<Record<ErrorName, string>> = {
  assert: 'ASSERT',
  assertz: 'EQZ ASSERT',
  assert_eq: 'EQ ASSERT',
  assert_eqw: 'MOVUP4 EQ ASSERT MOVUP3 EQ ASSERT MOVUP2 EQ ASSERT EQ ASSERT',
  u32assert: 'PAD U32ASSERT2 DROP',
  u32assert2: 'U32ASSERT2',
  u32assertw: 'U32ASSERT2 MOVUP3 MOVUP3 U32ASSERT2 MOVUP3 MOVUP3',
  mtree_verify: 'MPVERIFY',
};
