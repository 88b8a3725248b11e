import { EIDOS_WIDTH } from '../../vm/trace/eidos-layout.ts';
import { ConstraintList } from '../constraint-list.ts';
import { defineAir } from '../define.ts';
import { ExprGraph } from '../expr.ts';
import { Row } from '../row.ts';
import type { Air } from '../types.ts';
import { footerConstraints } from './footers.ts';
import { eidosLookups, inactiveConstraints } from './lookups.ts';
import { periodicValues, selectors } from './periodic.ts';
import { roundConstraints } from './rounds.ts';

/** The EidosCompression AIR: 32 rows per compression. */
export function eidosAir(): Air {
  const graph = new ExprGraph();
  const list = new ConstraintList(graph);
  const [row, next] = [new Row(graph, 0), new Row(graph, 1)];
  const s = selectors(graph);
  roundConstraints(list, s, row, next);
  footerConstraints(list, s, row, next);
  return defineAir({
    name: 'eidos_compression',
    graph,
    mainWidth: EIDOS_WIDTH,
    periodic: periodicValues(),
    constraints: [...list.constraints, ...inactiveConstraints(graph, s, row)],
    lookups: eidosLookups(graph, s, row, next),
  });
}
