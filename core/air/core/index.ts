import { CORE_WIDTH } from '../../vm/trace/layout.ts';
import { ConstraintList } from '../constraint-list.ts';
import { defineAir } from '../define.ts';
import { ExprGraph } from '../expr.ts';
import { lookupColumn } from '../lookup.ts';
import type { Air } from '../types.ts';
import {
  constrainCryptoStream,
  constrainHornerBase,
  constrainHornerExt,
  constrainMerkleIndex,
} from './crypto-ops.ts';
import { constrainDecoder } from './decoder.ts';
import { constrainFieldOps } from './field-ops.ts';
import { constrainFriFold } from './fri-fold.ts';
import { blockHashColumn } from './lookups/block-hash.ts';
import { blockStackColumn } from './lookups/block-stack.ts';
import { requestColumn } from './lookups/requests.ts';
import { stackOverflowColumn } from './lookups/stack-overflow.ts';
import { OpFlags } from './op-flags.ts';
import { CORE_PUBLIC_COUNT, constrainPublicInputs } from './public-inputs.ts';
import { coreRow } from './row.ts';
import { constrainStackOps } from './stack-ops.ts';
import { constrainStackOverflow } from './stack-overflow.ts';
import { constrainStackShift } from './stack-shift.ts';
import { constrainSystem } from './system.ts';
import { constrainU32Ops } from './u32-ops.ts';
import type { CoreWindow } from './window.ts';

/**
 * The Core AIR: system, stack and decoder, one row per operation; 250 base constraints and 5 of the lookup argument,
 * in the global order of the official AIR, which the order of the calls below is (miden-air 1.0.0-rc.0).
 */
export function buildCoreAir(): Air {
  const graph = new ExprGraph();
  const [row, next] = [coreRow(graph, 0), coreRow(graph, 1)];
  const window: CoreWindow = { row, next, flags: new OpFlags(graph, row, next) };
  const list = new ConstraintList(graph);

  constrainSystem(list.part('core/system'), window);
  const stack = list.part('core/stack');
  constrainStackShift(stack, window);
  constrainStackOverflow(stack, window);
  constrainStackOps(stack, window);
  constrainCryptoStream(stack, window);
  constrainMerkleIndex(stack, window);
  constrainHornerBase(stack, window);
  constrainHornerExt(stack, window);
  constrainFriFold(stack, window);
  constrainFieldOps(stack, window);
  constrainU32Ops(stack, window);
  constrainDecoder(list.part('core/decoder'), window);
  constrainPublicInputs(list.part('core/public'), graph, row);

  const lookups = [
    lookupColumn(graph, 'block-stack', (column) => blockStackColumn(graph, column, window)),
    lookupColumn(graph, 'block-hash', (column) => blockHashColumn(graph, column, window)),
    lookupColumn(graph, 'requests', (column) => requestColumn(graph, column, window)),
    lookupColumn(graph, 'stack-overflow', (column) => stackOverflowColumn(graph, column, window)),
  ];
  return defineAir({
    name: 'core',
    graph,
    mainWidth: CORE_WIDTH,
    publicCount: CORE_PUBLIC_COUNT,
    constraints: list.constraints,
    lookups,
  });
}
