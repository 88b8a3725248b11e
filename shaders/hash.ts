import { type Kernel, reads, writes } from './kernel.ts';

/**
 * Leaf and node hashing. Eidos and BLAKE3 share seven rounds over sixteen words; states and digests are two `vec4<u32>`,
 * eight lanes in order. Rows are read column by column in bit-reversed order, and trees keep that order: the children of
 * node p of a layer of h nodes are nodes p and p + h of the layer below.
 */
export const ROUNDS = /* wgsl */ `
const IV0 = vec4<u32>(0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au);
const IV1 = vec4<u32>(0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u);

struct Rows { a: vec4<u32>, b: vec4<u32>, c: vec4<u32>, d: vec4<u32> }

fn rotr(x: vec4<u32>, k: u32) -> vec4<u32> {
  return (x >> vec4<u32>(k)) | (x << vec4<u32>(32u - k));
}
// Half of the mixing function, on four columns at once.
fn half_g(v: Rows, m: vec4<u32>, r1: u32, r2: u32) -> Rows {
  let a = v.a + v.b + m;
  let d = rotr(v.d ^ a, r1);
  let c = v.c + d;
  return Rows(a, rotr(v.b ^ c, r2), c, d);
}
fn mix_round(v: Rows, m: array<u32, 16>) -> Rows {
  var w = half_g(v, vec4<u32>(m[0], m[2], m[4], m[6]), 16u, 12u);
  w = half_g(w, vec4<u32>(m[1], m[3], m[5], m[7]), 8u, 7u);
  w = Rows(w.a, w.b.yzwx, w.c.zwxy, w.d.wxyz);
  w = half_g(w, vec4<u32>(m[8], m[10], m[12], m[14]), 16u, 12u);
  w = half_g(w, vec4<u32>(m[9], m[11], m[13], m[15]), 8u, 7u);
  return Rows(w.a, w.b.wxyz, w.c.zwxy, w.d.yzwx);
}
struct State { low: vec4<u32>, high: vec4<u32> }

fn rounds(cv: State, block: array<u32, 16>, tail: vec4<u32>) -> State {
  var v = Rows(cv.low, cv.high, IV0, tail);
  var m = block;
  for (var r = 0u; r < 6u; r++) {
    v = mix_round(v, m);
    m = array<u32, 16>(
      m[2], m[6], m[3], m[10], m[7], m[0], m[4], m[13], m[1], m[11], m[12], m[5], m[9], m[14], m[15], m[8]);
  }
  v = mix_round(v, m);
  return State(v.a ^ v.c, v.b ^ v.d);
}
`;

export const EIDOS = /* wgsl */ `
fn compress(cv: State, block: array<u32, 16>) -> State {
  let mask = vec4<u32>(0xffffffffu, 0x7fffffffu, 0xffffffffu, 0x7fffffffu);
  let out = rounds(cv, block, IV1);
  return State(out.low & mask, out.high & mask);
}
`;

export const BLAKE3 = /* wgsl */ `
const CHUNK_START = 1u;
const CHUNK_END = 2u;
const ROOT = 8u;
`;

const LEAF_PARAMS = ['rows', 'width', 'base', 'stride', 'stateBase', 'stateShift', 'outBase'];

const LEAF = (absorb: string) => /* wgsl */ `
fn cell(row: u32, column: u32) -> vec2<u32> {
  if (column >= P.width) { return vec2<u32>(0u); }
  return data[P.base + column * P.stride + row];
}
fn main(group: u32, local: u32) {
  let row = group * 64u + local;
  if (row >= P.rows) { return; }
  let start = 2u * (P.stateBase + (row >> P.stateShift));
  var state = State(before[start], before[start + 1u]);
  ${absorb}
  let to = 2u * (P.outBase + row);
  after[to] = state.low;
  after[to + 1u] = state.high;
}
`;

const leaf = (name: string, own: string, absorb: string): Kernel => ({
  name,
  workgroup: 64,
  params: LEAF_PARAMS,
  buffers: [reads('data'), reads('before', 'vec4<u32>'), writes('after', 'vec4<u32>')],
  code: [ROUNDS, own, LEAF(absorb)],
});

const LEAF_EIDOS = leaf(
  'leaf-eidos',
  EIDOS,
  /* wgsl */ `
  for (var c = 0u; c < P.width; c += 8u) {
    var m: array<u32, 16>;
    for (var i = 0u; i < 8u; i++) {
      let x = cell(row, c + i);
      m[2u * i] = x.x;
      m[2u * i + 1u] = x.y;
    }
    state = compress(state, m);
  }
`,
);

/** The state and the row in one chunk: at most 1024 bytes, 124 columns. */
export const BLAKE3_MAX_COLUMNS = 124;
const LEAF_BLAKE3 = leaf(
  'leaf-blake3',
  BLAKE3,
  /* wgsl */ `
  let size = 4u + P.width;
  var cv = State(IV0, IV1);
  for (var at = 0u; at < size; at += 8u) {
    var m: array<u32, 16>;
    for (var i = 0u; i < 8u; i++) {
      var x = vec2<u32>(0u);
      if (at + i >= 4u) { x = cell(row, at + i - 4u); }
      m[2u * i] = x.x;
      m[2u * i + 1u] = x.y;
    }
    if (at == 0u) {
      for (var i = 0u; i < 4u; i++) {
        m[i] = state.low[i];
        m[4u + i] = state.high[i];
      }
    }
    let rest = min(size - at, 8u);
    let flags = select(0u, CHUNK_START, at == 0u) | select(0u, CHUNK_END | ROOT, at + 8u >= size);
    cv = rounds(cv, m, vec4<u32>(0u, 0u, 8u * rest, flags));
  }
  state = cv;
`,
);

const MERGE_EIDOS = /* wgsl */ `
fn merge(m: array<u32, 16>) -> State {
  return compress(State(vec4<u32>(0u, IV0.y, 0u, IV0.w), vec4<u32>(0u, IV1.y, 0u, IV1.w)), m);
}
`;
const MERGE_BLAKE3 = /* wgsl */ `
fn merge(m: array<u32, 16>) -> State {
  return rounds(State(IV0, IV1), m, vec4<u32>(0u, 0u, 64u, CHUNK_START | CHUNK_END | ROOT));
}
`;

const NODES = /* wgsl */ `
fn block(a: vec4<u32>, b: vec4<u32>, c: vec4<u32>, d: vec4<u32>) -> array<u32, 16> {
  return array<u32, 16>(a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w, c.x, c.y, c.z, c.w, d.x, d.y, d.z, d.w);
}
fn main(group: u32, local: u32) {
  let node = group * 64u + local;
  if (node >= P.size) { return; }
  let l = 2u * (P.leftBase + node);
  let r = 2u * (P.rightBase + node);
  let out = merge(block(left[l], left[l + 1u], right[r], right[r + 1u]));
  parents[2u * (P.outBase + node)] = out.low;
  parents[2u * (P.outBase + node) + 1u] = out.high;
}
`;

const nodes = (name: string, own: string): Kernel => ({
  name,
  workgroup: 64,
  params: ['size', 'leftBase', 'rightBase', 'outBase'],
  buffers: [reads('left', 'vec4<u32>'), reads('right', 'vec4<u32>'), writes('parents', 'vec4<u32>')],
  code: [ROUNDS, own, NODES],
});

/** log2 of the nodes whose layers up to the root one workgroup hashes. */
export const LOG_TOP = 8;

const TOP = /* wgsl */ `
var<workgroup> low: array<vec4<u32>, 256>;
var<workgroup> high: array<vec4<u32>, 256>;

// layers: 2^logSize nodes, then every layer above, one after the other, from the node inBase on.
fn main(group: u32, local: u32) {
  var size = 1u << P.logSize;
  if (local < size) {
    low[local] = layers[2u * (P.inBase + local)];
    high[local] = layers[2u * (P.inBase + local) + 1u];
  }
  var out = P.inBase + size;
  for (var level = P.logSize; level > 0u; level--) {
    size = 1u << (level - 1u);
    workgroupBarrier();
    var node: State;
    if (local < size) {
      let a = low[local];
      let b = high[local];
      let c = low[local + size];
      let d = high[local + size];
      node = merge(array<u32, 16>(
        a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w, c.x, c.y, c.z, c.w, d.x, d.y, d.z, d.w));
      layers[2u * (out + local)] = node.low;
      layers[2u * (out + local) + 1u] = node.high;
    }
    workgroupBarrier();
    if (local < size) {
      low[local] = node.low;
      high[local] = node.high;
    }
    out += size;
  }
}
`;

const top = (name: string, own: string): Kernel => ({
  name,
  workgroup: 256,
  params: ['logSize', 'inBase'],
  buffers: [writes('layers', 'vec4<u32>')],
  code: [ROUNDS, own, TOP],
});

export interface HashKernels {
  /** Absorbs rows of columns into states of 32 bytes. */
  readonly leaf: Kernel;
  /** One layer of a tree. */
  readonly nodes: Kernel;
  /** The last layers of a tree. */
  readonly top: Kernel;
  readonly grind: Kernel;
}

const GRIND = (accept: string) => /* wgsl */ `
fn main(group: u32, local: u32) {
  let offset = group * 64u + local;
  let low = P.nonceLow + offset;
  let high = P.nonceHigh + u32(low < offset);
  var m: array<u32, 16>;
  for (var i = 0u; i < 16u; i++) { m[i] = job[8u + i]; }
  m[P.words] = low;
  m[P.words + 1u] = high;
  let cv = State(vec4<u32>(job[0], job[1], job[2], job[3]), vec4<u32>(job[4], job[5], job[6], job[7]));
  ${accept}
  if ((word & P.mask) == 0u) { atomicMin(&found[0], offset); }
}
`;

/** job: eight lanes of chaining value, sixteen of block; the nonce goes to lanes `words` and the next. */
const grind = (name: string, own: string, accept: string): Kernel => ({
  name,
  workgroup: 64,
  params: ['nonceLow', 'nonceHigh', 'words', 'mask'],
  buffers: [reads('job', 'u32'), writes('found', 'atomic<u32>')],
  code: [ROUNDS, own, GRIND(accept)],
});

const GRIND_EIDOS = grind(
  'grind-eidos',
  EIDOS,
  /* wgsl */ `
  var out = compress(cv, m);
  if (P.words == 14u) {
    // The nonce completed a block; the sample compresses an empty one, tag 1 added to the last element (below 2^63).
    let tagged = out.high.z + 1u;
    out.high = vec4<u32>(out.high.xy, tagged, out.high.w + u32(tagged == 0u));
    out = compress(out, array<u32, 16>());
  }
  let word = out.low.x;
`,
);

const GRIND_BLAKE3 = grind(
  'grind-blake3',
  BLAKE3,
  /* wgsl */ `
  let out = rounds(cv, m, vec4<u32>(0u, 0u, 4u * P.words + 8u, CHUNK_START | CHUNK_END | ROOT));
  // Output is read from the end: the last byte is the lowest.
  let x = out.high.w;
  let word = (x << 24u) | ((x & 0xff00u) << 8u) | ((x >> 8u) & 0xff00u) | (x >> 24u);
`,
);

export const HASH_KERNELS: Readonly<Record<'eidos' | 'blake3', HashKernels>> = {
  eidos: {
    leaf: LEAF_EIDOS,
    nodes: nodes('nodes-eidos', EIDOS + MERGE_EIDOS),
    top: top('top-eidos', EIDOS + MERGE_EIDOS),
    grind: GRIND_EIDOS,
  },
  blake3: {
    leaf: LEAF_BLAKE3,
    nodes: nodes('nodes-blake3', BLAKE3 + MERGE_BLAKE3),
    top: top('top-blake3', BLAKE3 + MERGE_BLAKE3),
    grind: GRIND_BLAKE3,
  },
};
