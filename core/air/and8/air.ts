import { inv } from '../../field/felt.ts';
import { AND8, AND8_PREPROCESSED, AND8_PREPROCESSED_WIDTH, AND8_WIDTH } from '../../vm/trace/layout.ts';
import { defineAir } from '../define.ts';
import { type Expr, ExprGraph } from '../expr.ts';
import { Bus, encode, lookupColumn } from '../lookup.ts';
import { Row } from '../row.ts';
import type { Air } from '../types.ts';
import {
  CANONICAL_XOR,
  POSITION_SHIFT,
  type Relation,
  ROT7_POS0,
  ROT7_POS2,
  ROT7_POS3,
  ROT12_POS1,
  ROT12_POS3,
} from './relations.ts';

/**
 * The And8Lookup AIR: the table of all byte pairs, whose fixed columns are preprocessed and whose main columns count
 * how often each entry is asked for. It has no constraint but its lookups.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/lookup/and8_lookup_air.rs.
 */
export function and8Air(): Air {
  const graph = new ExprGraph();
  const row = new Row(graph, 0);
  const fixed = (column: number): Expr => graph.preprocessed(column);
  const [a, b, xor] = [AND8_PREPROCESSED.a, AND8_PREPROCESSED.b, AND8_PREPROCESSED.xor].map(fixed);
  const scaled = (column: number, position: number): Expr =>
    fixed(column).mul(inv(1n << BigInt(POSITION_SHIFT[position])));

  type Entry = readonly [multiplicity: number, message: Expr];
  const entry = (relation: Relation, value: Expr): Entry => [
    relation.column,
    encode(graph, relation.bus, [a, b, value]),
  ];
  const columns: readonly (readonly [string, readonly Entry[]])[] = [
    ['xor', [entry(CANONICAL_XOR, xor)]],
    [
      'rotations0',
      [
        entry(ROT12_POS1, scaled(AND8_PREPROCESSED.wrap12, 1)),
        entry(ROT7_POS0, scaled(AND8_PREPROCESSED.wrap7, 0)),
      ],
    ],
    ['rotations1', [entry(ROT7_POS2, xor.mul(2 ** 5)), entry(ROT12_POS3, xor.mul(2 ** 12))]],
    [
      'rotation-range',
      [entry(ROT7_POS3, xor.mul(2 ** 17)), [AND8.range, encode(graph, Bus.RangeCheck, [a.mul(256).add(b)])]],
    ],
  ];
  return defineAir({
    name: 'and8',
    graph,
    mainWidth: AND8_WIDTH,
    preprocessedWidth: AND8_PREPROCESSED_WIDTH,
    constraints: [],
    lookups: columns.map(([name, entries]) =>
      lookupColumn(graph, name, (column) =>
        column.group((group) =>
          group.batch(graph.lift(1), (batch) => {
            for (const [multiplicity, message] of entries) batch.insert(row.at(multiplicity), message);
          }),
        ),
      ),
    ),
  });
}
