import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULUS } from '../../field/felt.ts';
import * as Q from '../../field/quad.ts';
import { type Assignment, Evaluator } from '../evaluate.ts';
import { Expr } from '../expr.ts';
import { midenAirs } from '../miden.ts';
import type { Air } from '../types.ts';
import { lowerConstraintParts, lowerConstraints, lowerLookups } from './lower.ts';
import type { Cell, Op, Operand, Program } from './program.ts';
import { allocateRegisters, operandsOf } from './registers.ts';

/** A reproducible stream of field elements. */
function* elements(seed: bigint): Generator<bigint, never> {
  for (let state = seed; ; ) {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
    yield ((state >> 11n) * 2_305_843_009_213_693_951n) % MODULUS;
  }
}

function randomAssignment(air: Air): Assignment {
  const source = elements(BigInt(air.mainWidth));
  const felt = (): bigint => source.next().value;
  const quad = (): Q.QuadFelt => [felt(), felt()];
  const list = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);
  return {
    main: [list(air.mainWidth, felt), list(air.mainWidth, felt)],
    aux: [list(air.auxWidth, quad), list(air.auxWidth, quad)],
    preprocessed: [list(air.preprocessedWidth, felt), list(air.preprocessedWidth, felt)],
    periodic: list(air.periodic.length, felt),
    public: list(air.publicCount, felt),
    auxValues: [quad()],
    challenges: [quad(), quad()],
    isFirst: felt(),
    isLast: felt(),
    isTransition: felt(),
  };
}

const lift = (value: bigint | Q.QuadFelt): Q.QuadFelt =>
  typeof value === 'bigint' ? Q.fromBase(value) : value;

function cellValue(at: Assignment, { kind, column, offset }: Cell): Q.QuadFelt {
  switch (kind) {
    case 'periodic':
      return lift(at.periodic[column]);
    case 'is-first':
      return lift(at.isFirst);
    case 'is-last':
      return lift(at.isLast);
    case 'is-transition':
      return lift(at.isTransition);
    default:
      return lift(at[kind][offset][column]);
  }
}

/** Executes a program as a backend would, on registers, one word at a time. */
function execute(air: Air, program: Program, at: Assignment, weights: readonly Q.QuadFelt[]): Q.QuadFelt[] {
  const nodes = program.uniforms.flatMap(({ node }) =>
    node === undefined ? [] : [new Expr(air.graph, node)],
  );
  const values = new Evaluator(air.graph, nodes).evaluate(at)[Symbol.iterator]();
  const uniforms = program.uniforms.map(({ weight }) =>
    weight === undefined ? (values.next().value as Q.QuadFelt) : weights[weight],
  );
  const { count, words } = allocateRegisters(program);
  const registers = new Array<bigint>(count).fill(0n);
  const sums = new Array<Q.QuadFelt>(program.accumulators).fill(Q.ZERO);
  const outputs: Q.QuadFelt[] = [];
  const read = ({ kind, index }: Operand): Q.QuadFelt => {
    if (kind === 'cell') return cellValue(at, program.cells[index]);
    if (kind === 'uniform') return uniforms[index];
    const second = words[2 * index + 1];
    return [registers[words[2 * index]], second < 0 ? 0n : registers[second]];
  };
  const result = (op: Op): Q.QuadFelt => {
    switch (op.op) {
      case 'add':
        return Q.add(read(op.a), read(op.b));
      case 'sub':
        return Q.sub(read(op.a), read(op.b));
      case 'mul':
        return Q.mul(read(op.a), read(op.b));
      case 'neg':
        return Q.neg(read(op.a));
      case 'dot':
        return op.terms
          .map((t) => Q.mul(read(t.coefficient), read(t.operand)))
          .reduce(Q.add, op.constant ? read(op.constant) : Q.ZERO);
      case 'close':
        return sums[op.accumulator];
      default:
        throw new Error('no result');
    }
  };
  for (const op of program.ops) {
    if (op.op === 'output') outputs[op.index] = read(op.a);
    else if (op.op === 'accumulate') {
      const product = op.coefficient ? Q.mul(read(op.coefficient), read(op.a)) : read(op.a);
      sums[op.accumulator] = Q.add(sums[op.accumulator], product);
    } else {
      const value = result(op);
      registers[words[2 * op.to]] = value[0];
      if (program.values[op.to] === 2) registers[words[2 * op.to + 1]] = value[1];
      else assert.equal(value[1], 0n, 'a base value has one word');
    }
  }
  return outputs;
}

const PART_BUDGET = 800;

function checkForm(program: Program): void {
  const defined = new Set<number>();
  for (const op of program.ops) {
    for (const operand of operandsOf(op)) {
      if (operand.kind === 'value') assert.ok(defined.has(operand.index), 'used after its definition');
    }
    if ('to' in op) {
      assert.ok(!defined.has(op.to), 'defined once');
      defined.add(op.to);
    }
  }
}

for (const air of midenAirs()) {
  const at = randomAssignment(air);

  test(`${air.name}: the lowered constraints fold to the same sum`, () => {
    const program = lowerConstraints(air);
    checkForm(program);
    const weights = air.constraints.map((_, i): Q.QuadFelt => [BigInt(i) + 3n, BigInt(i * i)]);
    const values = new Evaluator(
      air.graph,
      air.constraints.map((c) => c.expr),
    ).evaluate(at);
    const expected = values.map((value, i) => Q.mul(value, weights[i])).reduce(Q.add);
    assert.deepEqual(execute(air, program, at, weights), [expected]);
  });

  test(`${air.name}: parts of the constraints fold to the same sum`, () => {
    const weights = air.constraints.map((_, i): Q.QuadFelt => [BigInt(i) + 3n, BigInt(i * i)]);
    const [whole] = execute(air, lowerConstraints(air), at, weights);
    const parts = lowerConstraintParts(air, PART_BUDGET);
    assert.deepEqual(parts.map((part) => execute(air, part, at, weights)[0]).reduce(Q.add), whole);
    const used = parts.flatMap(({ uniforms }) => uniforms.flatMap(({ weight }) => weight ?? []));
    assert.equal(used.length, air.constraints.length);
    assert.equal(new Set(used).size, air.constraints.length);
    assert.equal(parts.length > 1, lowerConstraints(air).ops.length > PART_BUDGET);
  });

  test(`${air.name}: the lowered lookups have the same U and V`, () => {
    const program = lowerLookups(air);
    checkForm(program);
    assert.ok(program.cells.every(({ kind }) => kind !== 'aux'));
    const roots = air.lookups.flatMap(({ u, v }) => [u, v]);
    assert.deepEqual(execute(air, program, at, []), new Evaluator(air.graph, roots).evaluate(at));
  });
}
