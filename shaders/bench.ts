import { FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/** 32-bit operations of one round of {@link INTEGER_CHAIN}: eight chains of a product, a sum, a shift and an xor. */
export const INTEGER_OPERATIONS = 32;

/** What the device does in plain integer arithmetic, with enough independent chains to hide latency. */
export const INTEGER_CHAIN: Kernel = {
  name: 'integer-chain',
  workgroup: 64,
  params: ['rounds'],
  buffers: [writes('out', 'u32')],
  code: [
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  var a = vec4<u32>(i, i + 1u, i + 2u, i + 3u);
  var b = vec4<u32>(~i, i ^ 5u, i ^ 6u, i ^ 7u);
  for (var r = 0u; r < P.rounds; r++) {
    a = a * 747796405u + b;
    b = (b >> vec4<u32>(7u)) ^ a;
    b = b * 2891336453u + a;
    a = (a >> vec4<u32>(9u)) ^ b;
  }
  let x = a ^ b;
  out[i & 1023u] = x.x ^ x.y ^ x.z ^ x.w;
}
`,
  ],
};

/** Independent field products: four chains in every thread. */
export const PRODUCTS: Kernel = {
  name: 'field-products',
  workgroup: 64,
  params: ['rounds'],
  buffers: [writes('out')],
  code: [
    FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  var a = vec2<u32>(i + 3u, i);
  var b = vec2<u32>(i + 5u, i);
  var c = vec2<u32>(i + 7u, i);
  var d = vec2<u32>(i + 9u, i);
  let y = vec2<u32>(i ^ 0x9e3779b9u, 0x7f4a7c15u);
  for (var r = 0u; r < P.rounds; r++) {
    a = fmul(a, y);
    b = fmul(b, y);
    c = fmul(c, y);
    d = fmul(d, y);
  }
  out[i & 1023u] = fadd(fadd(a, b), fadd(c, d));
}
`,
  ],
};

/** 16 bytes read and 16 written by every thread. */
export const COPY: Kernel = {
  name: 'copy',
  workgroup: 64,
  params: [],
  buffers: [reads('source', 'vec4<u32>'), writes('out', 'vec4<u32>')],
  code: [
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  out[i] = source[i];
}
`,
  ],
};
