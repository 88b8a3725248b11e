import { ConstraintList } from '../constraint-list.ts';
import { ExprGraph } from '../expr.ts';
import { constrainCryptoStream, constrainHornerBase, constrainHornerExt, constrainMerkleIndex } from './crypto-ops.ts';
import { constrainDecoder } from './decoder.ts';
import { constrainFieldOps } from './field-ops.ts';
import { constrainFriFold } from './fri-fold.ts';
import { OpFlags } from './op-flags.ts';
import { constrainPublicInputs } from './public-inputs.ts';
import { coreRow } from './row.ts';
import { constrainStackOps } from './stack-ops.ts';
import { constrainStackOverflow } from './stack-overflow.ts';
import { constrainStackShift } from './stack-shift.ts';
import { constrainSystem } from './system.ts';
import { constrainU32Ops } from './u32-ops.ts';
import type { CoreWindow } from './window.ts';

export function base() {
  const graph = new ExprGraph();
  const row = coreRow(graph, 0);
  const next = coreRow(graph, 1);
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
  return { graph, list };
}
