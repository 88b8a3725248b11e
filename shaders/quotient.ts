import { EXTENSION_FIELD, FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/**
 * Row selectors on one block of an extension, three planes of `rows`: Z / (x - 1), Z / (x - w^-1), x - w^-1. Z is
 * x^height - 1, the same all over a block, and `shift` the block's; `roots` is the table R.
 */
export const SELECTORS: Kernel = {
  name: 'selectors',
  workgroup: 64,
  params: ['rows', 'shift:2', 'vanishing:2', 'last:2'],
  buffers: [reads('roots'), writes('out')],
  code: [
    FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let thread = group * 64u + local;
  let quarter = (P.rows + 3u) / 4u;
  if (thread >= quarter) { return; }
  var values: array<vec2<u32>, 8>;
  var prefixes: array<vec2<u32>, 8>;
  var product = ONE;
  for (var i = 0u; i < 4u; i++) {
    let row = min(thread + i * quarter, P.rows - 1u);
    let r = roots[row];
    let x = fmul(shift(), fmul(r, r));
    values[2u * i] = fsub(x, ONE);
    values[2u * i + 1u] = fsub(x, last());
    prefixes[2u * i] = product;
    product = fmul(product, values[2u * i]);
    prefixes[2u * i + 1u] = product;
    product = fmul(product, values[2u * i + 1u]);
  }
  var inverse = fmul(finv(product), vanishing());
  for (var back = 0u; back < 4u; back++) {
    let i = 3u - back;
    let row = thread + i * quarter;
    let to_last = fmul(inverse, prefixes[2u * i + 1u]);
    inverse = fmul(inverse, values[2u * i + 1u]);
    let to_first = fmul(inverse, prefixes[2u * i]);
    inverse = fmul(inverse, values[2u * i]);
    if (row < P.rows) {
      out[row] = to_first;
      out[P.rows + row] = to_last;
      out[2u * P.rows + row] = values[2u * i + 1u];
    }
  }
}
`,
  ],
};

/** values[i] += beta before[i >> lift]; both two planes. */
export const ACCUMULATE: Kernel = {
  name: 'quotient-accumulate',
  workgroup: 64,
  params: ['rows', 'lift', 'beforeStride', 'beta:4'],
  buffers: [reads('before'), writes('values')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.rows) { return; }
  let start = i >> P.lift;
  let lifted = emul(vec4<u32>(before[start], before[P.beforeStride + start]), beta());
  let sum = eadd(vec4<u32>(values[i], values[P.rows + i]), lifted);
  values[i] = sum.xy;
  values[P.rows + i] = sum.zw;
}
`,
  ],
};
