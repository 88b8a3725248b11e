import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConstraintList } from './constraint-list.ts';
import { Evaluator } from './evaluate.ts';
import { ExprGraph, Kind } from './expr.ts';

const row = [3n, 5n, 7n];
function firstValue(graph: ExprGraph, list: ConstraintList): bigint {
  const [{ expr }] = list.constraints;
  const [[c0]] = new Evaluator(graph, [expr]).evaluate({
    main: [row, row],
    aux: [[], []],
    preprocessed: [[], []],
    periodic: [],
    public: [],
    auxValues: [],
    challenges: [
      [0n, 0n],
      [0n, 0n],
    ],
    isFirst: 11n,
    isLast: 13n,
    isTransition: 17n,
  });
  return c0;
}
function fresh() {
  const graph = new ExprGraph();
  const list = new ConstraintList(graph);
  return { graph, list, part: list.part('air/part'), cells: [graph.main(0), graph.main(1), graph.main(2)] };
}

test('a constraint is named after its part', () => {
  const { list, part, cells } = fresh();
  part.zero('nothing', cells[0]);
  assert.equal(list.constraints[0].name, 'air/part/nothing');
});

test('two constraints of one name are refused', () => {
  const { part, cells } = fresh();
  part.zero('x', cells[0]);
  assert.throws(() => part.zero('x', cells[1]), /two constraints are named air\/part\/x/);
});

test('a second row selector is refused', () => {
  const { part } = fresh();
  assert.throws(() => part.onFirstRow().onTransition(), /one row selector/);
});

test('selectors and gates multiply, and stay outermost', () => {
  const { graph, list, part, cells } = fresh();
  part.when(cells[0]).onTransition().when(cells[1]).equal('x', cells[2], 1);
  assert.equal(firstValue(graph, list), 17n * 3n * 5n * 6n);
  const { id } = list.constraints[0].expr;
  const kinds = [graph.a[id], graph.b[id]].map((operand) => graph.kind[operand]);
  assert.ok(graph.kind[id] === Kind.Mul && kinds.includes(Kind.IsTransition));
});

test('first and last row have their own selectors', () => {
  const first = fresh();
  first.part.onFirstRow().zero('x', first.cells[0]);
  assert.equal(firstValue(first.graph, first.list), 33n);
  const last = fresh();
  last.part.onLastRow().zero('x', last.cells[0]);
  assert.equal(firstValue(last.graph, last.list), 39n);
});

test('a boolean is zero or one', () => {
  const { graph, list, part, cells } = fresh();
  part.boolean('x', cells[1]);
  assert.equal(firstValue(graph, list), 20n);
});
