import { EXTENSION_FIELD, FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/** Results per pair of operands: sum, difference, product, inverse of the first, 2^9 times the first, extension product. */
export const SELF_TEST_RESULTS = 7;

/** Field arithmetic on pairs of operands; the extension product is of (a, b) and (b, a). */
export const SELF_TEST: Kernel = {
  name: 'field-self-test',
  workgroup: 64,
  params: ['pairs'],
  buffers: [reads('operands'), writes('out')],
  code: [
    FIELD,
    EXTENSION_FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.pairs) { return; }
  let a = operands[2u * i];
  let b = operands[2u * i + 1u];
  let at = ${SELF_TEST_RESULTS}u * i;
  out[at] = fadd(a, b);
  out[at + 1u] = fsub(a, b);
  out[at + 2u] = fmul(a, b);
  out[at + 3u] = finv(a);
  out[at + 4u] = fshl(a, 9u);
  let e = emul(vec4<u32>(a, b), vec4<u32>(b, a));
  out[at + 5u] = e.xy;
  out[at + 6u] = e.zw;
}
`,
  ],
};

/** A chain of `rounds` products in every thread. */
export const MUL_CHAIN: Kernel = {
  name: 'mul-chain',
  workgroup: 64,
  params: ['rounds'],
  buffers: [writes('out')],
  code: [
    FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  var x = vec2<u32>(i + 3u, i);
  let y = vec2<u32>(i ^ 0x9e3779b9u, 0x7f4a7c15u);
  for (var r = 0u; r < P.rounds; r++) { x = fmul(x, y); }
  out[i & 1023u] = x;
}
`,
  ],
};
