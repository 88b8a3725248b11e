import { FIELD } from './field.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/** What makes a proof hide, beside what transforms and hashes do. */

/** Adds `factor` times `count` entries of `columns` columns of `source` to those of `data`. */
export const ADD_MULTIPLE: Kernel = {
  name: 'add-multiple',
  workgroup: 64,
  params: ['count', 'columns', 'sourceBase', 'sourceStride', 'dataBase', 'dataStride', 'factor:2'],
  buffers: [reads('source'), writes('data')],
  code: [
    FIELD,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let thread = group * 64u + local;
  let column = thread / P.count;
  if (column >= P.columns) { return; }
  let i = thread % P.count;
  let at = P.dataBase + column * P.dataStride + i;
  data[at] = fadd(data[at], fmul(factor(), source[P.sourceBase + column * P.sourceStride + i]));
}
`,
  ],
};

/** found[0] = 1 + the last of `size` entries that is not zero in both planes: how long the polynomial is. */
export const LENGTH: Kernel = {
  name: 'polynomial-length',
  workgroup: 64,
  params: ['size', 'stride'],
  buffers: [reads('data'), writes('found', 'atomic<u32>')],
  code: [
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.size) { return; }
  if (any((data[i] | data[P.stride + i]) != vec2<u32>(0u))) { atomicMax(&found[0], i + 1u); }
}
`,
  ],
};
