import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { type Assignment, Evaluator } from '../evaluate.ts';
import { withHiddenSum } from '../hidden-sum.ts';
import { midenAirs } from '../miden.ts';
import type { Air } from '../types.ts';
import { type AirKernels, constraintKernels, lookupKernels } from './kernels.ts';

/**
 * Runs the statements of generated kernels as JavaScript, on one row of arbitrary cells, and compares them with the
 * evaluator. Drivers take minutes to compile these kernels in software; this takes milliseconds.
 */
class Ext {
  readonly xy: Felt;
  readonly zw: Felt;
  constructor(xy: Felt, zw: Felt) {
    this.xy = xy;
    this.zw = zw;
  }
}
const ext = ([c0, c1]: QuadFelt) => new Ext(c0, c1);
const pair = ({ xy, zw }: Ext): QuadFelt => [xy, zw];
const lift =
  (op: (a: QuadFelt, b: QuadFelt) => QuadFelt) =>
  (a: Ext, b: Ext): Ext =>
    ext(op(pair(a), pair(b)));

/** The functions and constants of WGSL that statements use. */
const LIBRARY = {
  EZERO: ext(Q.ZERO),
  vec2: (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low),
  vec4: (c0: Felt, c1: Felt | number) => new Ext(c0, BigInt(c1)),
  fadd: F.add,
  fsub: F.sub,
  fmul: F.mul,
  fneg: F.neg,
  eadd: lift(Q.add),
  esub: lift(Q.sub),
  emul: lift(Q.mul),
  eneg: (a: Ext) => ext(Q.neg(pair(a))),
  eaddb: (a: Ext, b: Felt) => new Ext(F.add(a.xy, b), a.zw),
  esubb: (a: Ext, b: Felt) => new Ext(F.sub(a.xy, b), a.zw),
  bsube: (a: Felt, b: Ext) => new Ext(F.sub(a, b.xy), F.neg(b.zw)),
  emulb: (a: Ext, b: Felt) => ext(Q.mulBase(pair(a), b)),
  nextOf: () => 0,
  // One row of columns one entry long.
  P: {
    mainStride: 1,
    auxStride: 1,
    uStride: 1,
    vStride: 1,
    vBase: 0,
    firstRow: 0,
    position: 0,
    mask: 0,
    logN: 0,
  },
  at: 0,
  next: 0,
  row: 0,
  position: 0,
};

const isStatement = (line: string): boolean => /^(let n\d|var sum|sum =|\{ let value)/.test(line);

/** Runs all statements of a kernel; returns its sum, if it has one. */
function run(code: readonly string[], buffers: Readonly<Record<string, unknown>>): Ext | undefined {
  const lines = code[code.length - 1].split('\n').map((line) => line.trim());
  const body = lines
    .filter(isStatement)
    .join('\n')
    .replaceAll('<u32>', '')
    .replace(/\b(\d+)u\b/g, '$1');
  const scope = { ...LIBRARY, ...buffers };
  const sum = body.includes('var sum') ? 'return sum;' : '';
  return new Function(...Object.keys(scope), `${body}\n${sum}`)(...Object.values(scope));
}

let seed = 1n;
const felt = (): Felt => {
  seed = F.mul(F.add(seed, 1n), 0x9e37_79b9_7f4a_7c15n);
  return seed;
};
const felts = (count: number): Felt[] => Array.from({ length: count }, felt);
const quads = (count: number): QuadFelt[] => Array.from({ length: count }, () => [felt(), felt()] as const);

/** Arbitrary cells. Lookups are on one row: with successors equal to it. */
function assignment(air: Air, isCyclic: boolean): Assignment {
  const window = <T>(make: () => T[]): [T[], T[]] => {
    const row = make();
    return [row, isCyclic ? row : make()];
  };
  const fixed = felts(air.preprocessedWidth);
  return {
    main: window(() => felts(air.mainWidth)),
    aux: window(() => quads(air.auxWidth)),
    preprocessed: [fixed, fixed],
    periodic: felts(air.periodic.length),
    public: felts(air.publicCount),
    auxValues: quads(1),
    challenges: [quads(1)[0], quads(1)[0]],
    isFirst: felt(),
    isLast: felt(),
    isTransition: felt(),
  };
}

function constants(air: Air, kernels: AirKernels, at: Assignment, weights: readonly QuadFelt[]) {
  const values = new Array<Felt>(kernels.constants).fill(0n);
  const put = (first: number, list: readonly QuadFelt[]) =>
    list.flat().forEach((x, i) => {
      values[first + i] = x;
    });
  put(0, new Evaluator(air.graph, kernels.uniforms).evaluate(at));
  put(kernels.weightsAt, weights);
  kernels.periodicAt.forEach((first, i) => {
    values[first] = at.periodic[i] as Felt;
  });
  return { constants: values, constant4: (i: number) => new Ext(values[i], values[i + 1]) };
}

for (const air of midenAirs().flatMap((own) => [own, withHiddenSum(own)])) {
  const name = air.hiddenSum ? `${air.name} with a hidden sum` : air.name;
  test(`${name}: the parts add up to the constraints`, () => {
    const at = assignment(air, false);
    const kernels = constraintKernels(air);
    const weights = quads(air.constraints.length);
    const roots = air.constraints.map(({ expr }) => expr);
    const expected = new Evaluator(air.graph, roots)
      .evaluate(at)
      .reduce((sum, value, k) => Q.add(sum, Q.mul(weights[k], value)), Q.ZERO);
    const buffers = {
      ...constants(air, kernels, at, weights),
      mainRow: at.main[0],
      mainNext: at.main[1],
      auxRow: at.aux[0].flat(),
      auxNext: at.aux[1].flat(),
      fixed: at.preprocessed[0],
      selectors: [at.isFirst, at.isLast, at.isTransition],
    };
    const sums = kernels.parts.map(({ kernel }) => pair(run(kernel.code, buffers)!));
    assert.deepEqual(
      sums.reduce((sum, part) => Q.add(sum, part), Q.ZERO),
      expected,
    );
  });

  test(`${name}: numerators and denominators of the lookups`, () => {
    const at = assignment(air, true);
    const kernels = lookupKernels(air);
    const [u, v]: [Felt[], Felt[]] = [[], []];
    const buffers = {
      ...constants(air, kernels, at, []),
      trace: at.main[0],
      fixed: at.preprocessed[0],
      u,
      v,
    };
    for (const { kernel } of kernels.parts) run(kernel.code, buffers);
    const roots = air.lookups.flatMap((column) => [column.u, column.v]);
    const expected = new Evaluator(air.graph, roots).evaluate(at);
    air.lookups.forEach((_, c) => {
      assert.deepEqual([u[2 * c], u[2 * c + 1]], [...expected[2 * c]]);
      assert.deepEqual([v[2 * c], v[2 * c + 1]], [...expected[2 * c + 1]]);
    });
  });
}
