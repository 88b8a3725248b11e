import type { Felt } from '../field/felt.ts';
import * as Q from '../field/quad.ts';
import { compress, hashElements } from '../hash/eidos.ts';
import type { AdviceProvider } from './advice/provider.ts';
import { ExecutionError } from './errors.ts';
import type { EventView } from './host.ts';
import type { SystemEvent } from './system-events.ts';

/**
 * Answers to the system events: they move data between stack, memory and advice, or hint at a result that the program
 * then checks (miden-processor 1.0.0-rc.0, src/fast/basic_block/sys_event_handlers.rs). Operands start at position 1;
 * 0 is the event's id.
 */
type SystemHandler = (view: EventView, advice: AdviceProvider) => void;

const elements = (view: EventView, from: number, count: number): Felt[] =>
  Array.from({ length: count }, (_, i) => view.element(from + i));

/** Pushes the values under the key at 1..4: their number first if asked for, zeros up to a multiple of `pad`. */
const mapValueToStack =
  (withCount: boolean, pad: number): SystemHandler =>
  (view, advice) => {
    const values = advice.requireMapValues(view.word(1));
    const padding = new Array<Felt>((pad - (values.length % pad)) % pad).fill(0n);
    advice.pushAll([...(withCount ? [BigInt(values.length)] : []), ...values, ...padding]);
  };

/** Pushes `count` of the u32 at position 1. */
const u32Hint =
  (count: (value: number) => number): SystemHandler =>
  (view, advice) => {
    const value = view.element(1);
    if (value >> 32n !== 0n) {
      throw new ExecutionError('not-u32', 'The operation needs 32-bit values.', {
        details: `Not below 2^32: ${value}.`,
      });
    }
    advice.pushAll([BigInt(count(Number(value)))]);
  };

const trailingZeros = (value: number): number => (value === 0 ? 32 : 31 - Math.clz32(value & -value));

function ilog2(view: EventView, advice: AdviceProvider): void {
  const value = view.element(1);
  if (value === 0n) throw new ExecutionError('log-of-zero', 'Zero has no logarithm.');
  advice.pushAll([BigInt(value.toString(2).length - 1)]);
}

function ext2Inv(view: EventView, advice: AdviceProvider): void {
  const value: Q.QuadFelt = [view.element(1), view.element(2)];
  if (Q.isZero(value)) throw new ExecutionError('division-by-zero', 'The program divides by zero.');
  const [c0, c1] = Q.inv(value);
  advice.pushAll([c1, c0]);
}

/** Memory from the address at 5 up to that at 6 goes into the map under the key at 1..4. */
function memoryToMap(view: EventView, advice: AdviceProvider): void {
  const [start, end] = [view.element(5), view.element(6)];
  for (const address of [start, end]) {
    if (address >> 32n !== 0n) {
      throw new ExecutionError('address-out-of-range', 'A memory address must be below 2^32.', {
        details: `It was ${address}.`,
      });
    }
  }
  if (start > end) {
    throw new ExecutionError('memory-range', 'A range of memory must not end before it starts.', {
      details: `It was ${start} to ${end}.`,
    });
  }
  const [from, count] = [Number(start), Number(end - start)];
  advice.checkEntry(view.word(1), count);
  const values = Array.from({ length: count }, (_, i) => view.memory(from + i));
  advice.insert(view.word(1), values);
}

const wordsToMap =
  (count: number): SystemHandler =>
  (view, advice) => {
    const values = elements(view, 1, count);
    advice.insert(hashElements(values), values);
  };

function unsupported(): never {
  throw new ExecutionError('event-unsupported', 'Deferred precompile computations are not supported.', {
    details: 'Statements for the precompile prover can neither be registered nor evaluated here.',
  });
}

export const SYSTEM_HANDLERS: Readonly<Record<Exclude<SystemEvent, 'trace_event'>, SystemHandler>> = {
  merkle_node_merge: (view, advice) => advice.mergeNodes(view.word(1), view.word(5)),
  merkle_node_to_stack: (view, advice) =>
    advice.pushAll(advice.open(view.word(3), view.element(1), view.element(2)).node),
  map_value_to_stack: mapValueToStack(false, 1),
  map_value_count_to_stack: (view, advice) =>
    advice.pushAll([BigInt(advice.requireMapValues(view.word(1)).length)]),
  map_value_to_stack_n_0: mapValueToStack(true, 1),
  map_value_to_stack_n_4: mapValueToStack(true, 4),
  map_value_to_stack_n_8: mapValueToStack(true, 8),
  has_map_key: (view, advice) => advice.pushAll([advice.mapValues(view.word(1)) ? 1n : 0n]),
  ext2_inv: ext2Inv,
  u32_clz: u32Hint(Math.clz32),
  u32_ctz: u32Hint(trailingZeros),
  u32_clo: u32Hint((value) => Math.clz32(~value)),
  u32_cto: u32Hint((value) => trailingZeros(~value)),
  ilog2,
  mem_to_map: memoryToMap,
  hdword_to_map: wordsToMap(8),
  hqword_to_map: wordsToMap(16),
  bcompress_to_map: (view, advice) => {
    const block = elements(view, 1, 8);
    advice.insert(compress(view.word(9), block), block);
  },
  'adv::register_deferred': unsupported,
  'adv::evaluate_deferred': unsupported,
  'adv::evaluate_deferred_frame': unsupported,
  'adv::evaluate_deferred_payload': unsupported,
  'adv::register_deferred_data': unsupported,
  'adv::export_deferred_witness': unsupported,
};
