import { AEAD_ROWS, BITWISE, CHIPLETS_WIDTH } from '../../vm/trace/layout.ts';
import { ConstraintList } from '../constraint-list.ts';
import { defineAir } from '../define.ts';
import { ExprGraph } from '../expr.ts';
import { Row } from '../row.ts';
import type { Air } from '../types.ts';
import { aceConstraints } from './ace.ts';
import { aeadConstraints } from './aead.ts';
import { controllerConstraints, merkleLevelConstraint } from './controller.ts';
import { chipletLookups } from './lookups.ts';
import { memoryConstraints } from './memory.ts';
import { chipletFlags, clockConstraints, selectorConstraints } from './selectors.ts';

/** The Chiplets AIR: hash controller, bitwise operations, AEAD streams, memory, arithmetic circuits, kernel. */
export function chipletsAir(): Air {
  const graph = new ExprGraph();
  const list = new ConstraintList(graph);
  const [row, next] = [new Row(graph, 0), new Row(graph, 1)];
  const flags = chipletFlags(graph, row, next);
  const phases = Array.from({ length: AEAD_ROWS }, (_, i) => graph.periodic(i));

  selectorConstraints(list, row, next);
  clockConstraints(list, row, next);
  controllerConstraints(list, flags, row, next);
  aeadConstraints(list, flags, phases, row, next);
  list.part('chiplets/bitwise').when(flags.bitwise).boolean('op-boolean', row.at(BITWISE.op));
  memoryConstraints(list, flags.memory, row, next);
  aceConstraints(list, flags.ace, row, next);
  merkleLevelConstraint(list, row, next);

  return defineAir({
    name: 'chiplets',
    graph,
    mainWidth: CHIPLETS_WIDTH,
    periodic: phases.map((_, phase) => phases.map((__, i) => (i === phase ? 1n : 0n))),
    constraints: list.constraints,
    lookups: chipletLookups({ graph, row, next, flags, phases }),
  });
}
