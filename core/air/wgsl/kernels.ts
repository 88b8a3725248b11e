import { BIT_REVERSAL, EXTENSION_FIELD, FIELD } from '../../../shaders/field.ts';
import { type Kernel, type KernelBuffer, reads, writes } from '../../../shaders/kernel.ts';
import { type Expr, Kind } from '../expr.ts';
import type { Air } from '../types.ts';
import { cluster, costBelow, operationCost, uniformNodes } from './cluster.ts';
import { Emitter, type ReadCell, UniformTable } from './emit.ts';

/**
 * Drivers compile larger kernels slowly and spill registers. With the VM's AIRs at most 140 words are alive at once, and
 * all parts together have as many operations as with twice this limit.
 */
const MAX_OPERATIONS = 500;

/**
 * The kernels that evaluate one set of an AIR's expressions, and the layout of the constants they read, in field elements:
 * two per uniform, then two per weight, then the periodic columns.
 */
export interface AirKernels {
  readonly parts: readonly { readonly kernel: Kernel; readonly operations: number }[];
  /** Expressions without cells, whose values come with the proof. */
  readonly uniforms: readonly Expr[];
  readonly weightsAt: number;
  readonly periodicAt: readonly number[];
  readonly constants: number;
}

const CONSTANT4 = /* wgsl */ `
fn constant4(at: u32) -> vec4<u32> {
  return vec4<u32>(constants[at], constants[at + 1u]);
}
`;

/** Lays out uniforms (as many as there may be), weights and periodic columns. */
function layout(air: Air, uniforms: number, weights: number) {
  const weightsAt = 2 * uniforms;
  let next = weightsAt + 2 * weights;
  const periodicAt = air.periodic.map((values) => {
    const at = next;
    next += values.length;
    return at;
  });
  return { weightsAt, periodicAt, constants: Math.max(next, 1) };
}

/** Emits all parts twice: how many uniforms there are is known only after the first time. */
function emitParts(
  air: Air,
  weights: number,
  roots: readonly number[],
  emit: (emitter: Emitter, part: readonly number[], weightsAt: number) => void,
  read: (used: Set<string>, periodicAt: readonly number[]) => ReadCell,
  kernel: (index: number, used: ReadonlySet<string>, lines: readonly string[]) => Kernel,
): AirKernels {
  const { graph } = air;
  const uniform = uniformNodes(graph);
  const clusters = cluster(graph, uniform, roots, MAX_OPERATIONS);
  const uniforms = new UniformTable();
  const pass = ({ weightsAt, periodicAt, constants }: ReturnType<typeof layout>): AirKernels => ({
    parts: clusters.map((part, i) => {
      const used = new Set<string>();
      const emitter = new Emitter(graph, uniform, uniforms, read(used, periodicAt));
      emit(emitter, part, weightsAt);
      return { kernel: kernel(i, used, emitter.lines), operations: partCost(air, emitter) };
    }),
    uniforms: uniforms.nodes,
    weightsAt,
    periodicAt,
    constants,
  });
  pass(layout(air, 0, weights));
  return pass(layout(air, uniforms.nodes.length, weights));
}

const partCost = (air: Air, emitter: Emitter): number =>
  emitter.emitted.reduce((sum, node) => sum + operationCost(air.graph, node), 0);

/**
 * The kernels whose results, added up, are the constraints folded by weights, on rows of one block of the extension in
 * bit-reversed order. `acc` has two planes; `start` overwrites instead of adding. Cells of the next row come from
 * `mainNext` and `auxNext`: at the same place, or with `wrap` at that of the next point of the 2^logT given.
 */
export function constraintKernels(air: Air): AirKernels {
  const terms = weightedTerms(air);
  return emitParts(
    air,
    air.constraints.length,
    terms.map(({ node }) => node),
    (emitter, part, weightsAt) => {
      emitter.lines.push('var sum = EZERO;');
      for (const term of part) {
        const { node, weight, isNegative } = terms[term];
        const value = emitter.value(node);
        const multiply = emitter.isExtension(node) ? 'emul' : 'emulb';
        const product = `${multiply}(constant4(${weightsAt + 2 * weight}u), ${value})`;
        emitter.lines.push(`sum = ${isNegative ? 'esub' : 'eadd'}(sum, ${product});`);
      }
    },
    (used, periodicAt) => (kind, column, next) => {
      switch (kind) {
        case 'main':
        case 'aux': {
          const name = next ? `${kind}Next` : `${kind}Row`;
          used.add(name);
          return `${name}[${column}u * P.${kind}Stride + ${next ? 'next' : 'at'}]`;
        }
        case 'fixed':
          used.add('fixed');
          return `fixed[(${column}u << P.logN) + ${next ? 'nextOf(position, P.logN)' : 'position'}]`;
        case 'periodic':
          return `constants[${periodicAt[column]}u + (position >> (P.logN - ${Math.log2(air.periodic[column].length)}u))]`;
        case 'selector':
          used.add('selectors');
          return `selectors[(${column}u << P.logN) + position]`;
      }
    },
    (i, used, lines) => ({
      name: `constraints-${air.name}-${i}`,
      workgroup: 64,
      params: [
        'rows',
        'firstRow',
        'position',
        'mainStride',
        'auxStride',
        'logT',
        'wrap',
        'logN',
        'accAt',
        'accStride',
        'start',
      ],
      buffers: [
        reads('constants'),
        ...usedBuffers(used, ['mainRow', 'mainNext', 'auxRow', 'auxNext', 'fixed', 'selectors']),
        writes('acc'),
      ],
      code: [
        FIELD,
        EXTENSION_FIELD,
        BIT_REVERSAL,
        CONSTANT4,
        /* wgsl */ `
fn nextOf(at: u32, bits: u32) -> u32 {
  return rev((rev(at, bits) + 1u) & ((1u << bits) - 1u), bits);
}
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  if (row >= P.rows) { return; }
  let at = P.firstRow + row;
  let position = P.position + row;
  var next = at;
  if (P.wrap == 1u) { next = nextOf(at, P.logT); }
  ${lines.join('\n  ')}
  let to = P.accAt + position;
  if (P.start == 0u) { sum = eadd(sum, vec4<u32>(acc[to], acc[to + P.accStride])); }
  acc[to] = sum.xy;
  acc[to + P.accStride] = sum.zw;
}
`,
      ],
    }),
  );
}

/** A summand of the folded constraints. */
interface WeightedTerm {
  readonly node: number;
  /** The constraint whose weight it has. */
  readonly weight: number;
  readonly isNegative: boolean;
}

/** All constraints; those too large for a part as the summands they are made of. */
function weightedTerms(air: Air): WeightedTerm[] {
  const { graph } = air;
  const uniform = uniformNodes(graph);
  const split = (term: WeightedTerm): WeightedTerm[] => {
    const { node, isNegative } = term;
    const kind = graph.kind[node];
    const isSum = kind === Kind.Add || kind === Kind.Sub;
    if (!isSum || costBelow(graph, uniform, node) <= MAX_OPERATIONS) return [term];
    return [
      ...split({ ...term, node: graph.a[node] }),
      ...split({ ...term, node: graph.b[node], isNegative: isNegative !== (kind === Kind.Sub) }),
    ];
  };
  return air.constraints.flatMap(({ expr }, weight) => split({ node: expr.id, weight, isNegative: false }));
}

/**
 * The kernels that write the lookup columns' denominators to `u` and numerators to `v`, two planes per column, on rows
 * in natural order. Row `firstRow + i` of `main`, modulo `mask` + 1, is row `position + i` of the trace.
 */
export function lookupKernels(air: Air): AirKernels {
  const roots = air.lookups.flatMap(({ u, v }) => [u.id, v.id]);
  return emitParts(
    air,
    0,
    roots,
    (emitter, part) => {
      for (const root of part) {
        const [name, column] = [root % 2 === 0 ? 'u' : 'v', root >> 1];
        const value = emitter.extension(roots[root]);
        const to = `${2 * column}u * P.${name}Stride + ${name === 'u' ? '' : 'P.vBase + '}row`;
        emitter.lines.push(
          `{ let value = ${value}; ${name}[${to}] = value.xy; ${name}[${to} + P.${name}Stride] = value.zw; }`,
        );
      }
    },
    (used, periodicAt) => (kind, column, next) => {
      const add = next ? ' + 1u' : '';
      switch (kind) {
        case 'main':
          used.add('trace');
          return `trace[${column}u * P.mainStride + ((P.firstRow + row${add}) & P.mask)]`;
        case 'fixed':
          used.add('fixed');
          return `fixed[(${column}u << P.logN) + ((P.position + row${add}) & ((1u << P.logN) - 1u))]`;
        case 'periodic':
          return `constants[${periodicAt[column]}u + ((P.position + row) & ${air.periodic[column].length - 1}u)]`;
        default:
          throw new RangeError(`${air.name}: a lookup reads a cell of kind ${kind}`);
      }
    },
    (i, used, lines) => ({
      name: `lookups-${air.name}-${i}`,
      workgroup: 64,
      params: ['rows', 'firstRow', 'position', 'mainStride', 'mask', 'logN', 'uStride', 'vBase', 'vStride'],
      buffers: [reads('constants'), ...usedBuffers(used, ['trace', 'fixed']), writes('u'), writes('v')],
      code: [
        FIELD,
        EXTENSION_FIELD,
        CONSTANT4,
        /* wgsl */ `
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  if (row >= P.rows) { return; }
  ${lines.join('\n  ')}
}
`,
      ],
    }),
  );
}

const usedBuffers = (used: ReadonlySet<string>, names: readonly string[]): KernelBuffer[] =>
  names.filter((name) => used.has(name)).map((name) => reads(name));
