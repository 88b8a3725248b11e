import { BLAKE3, EIDOS, ROUNDS } from './hash.ts';
import { type Kernel, reads, writes } from './kernel.ts';

/**
 * ChaCha20 (RFC 8439, section 2.3); the values are those of core/stark/randomness/stream.ts. `streams`: eight lanes of the key,
 * then three of each stream's nonce. A block is four rows of four words.
 */
const CHACHA = /* wgsl */ `
struct Block { a: vec4<u32>, b: vec4<u32>, c: vec4<u32>, d: vec4<u32> }

fn rotl(x: vec4<u32>, k: u32) -> vec4<u32> {
  return (x << vec4<u32>(k)) | (x >> vec4<u32>(32u - k));
}
// Four quarter rounds at once.
fn quarter_rounds(v: Block) -> Block {
  var a = v.a + v.b;
  var d = rotl(v.d ^ a, 16u);
  var c = v.c + d;
  var b = rotl(v.b ^ c, 12u);
  a += b;
  d = rotl(d ^ a, 8u);
  c += d;
  b = rotl(b ^ c, 7u);
  return Block(a, b, c, d);
}
fn stream_block(number: u32, counter: u32) -> Block {
  let n = 8u + 3u * number;
  let start = Block(
    vec4<u32>(0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u),
    vec4<u32>(streams[0], streams[1], streams[2], streams[3]),
    vec4<u32>(streams[4], streams[5], streams[6], streams[7]),
    vec4<u32>(counter, streams[n], streams[n + 1u], streams[n + 2u]));
  var v = start;
  for (var r = 0u; r < 10u; r++) {
    v = quarter_rounds(v);
    v = quarter_rounds(Block(v.a, v.b.yzwx, v.c.zwxy, v.d.wxyz));
    v = Block(v.a, v.b.wxyz, v.c.zwxy, v.d.yzwx);
  }
  return Block(v.a + start.a, v.b + start.b, v.c + start.c, v.d + start.d);
}
// The first canonical of the eight words; that there is none has probability 2^-256.
fn first_canonical(v: Block) -> vec2<u32> {
  var rows = array<vec4<u32>, 4>(v.a, v.b, v.c, v.d);
  var word = rows[0].xy;
  for (var k = 1u; k < 8u && word.y == 0xffffffffu && word.x != 0u; k++) {
    word = select(rows[k >> 1u].xy, rows[k >> 1u].zw, (k & 1u) == 1u);
  }
  return word;
}
`;

/** Elements from `element` on of every stream: `count` of each, `stride` apart in `out` from `base` on; one thread each. */
const ELEMENTS: Kernel = {
  name: 'random-elements',
  workgroup: 64,
  params: ['total', 'count', 'element', 'base', 'stride'],
  buffers: [reads('streams', 'u32'), writes('out')],
  code: [
    CHACHA,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.total) { return; }
  let stream = i / P.count;
  let element = i % P.count;
  out[P.base + stream * P.stride + element] = first_canonical(stream_block(stream, P.element + element));
}
`,
  ],
};

/** Blocks of words through \`first_canonical\`, for tests: no stream has a rejected word within reach. */
const SELECT: Kernel = {
  name: 'select-elements',
  workgroup: 64,
  params: ['count'],
  buffers: [reads('streams', 'u32'), reads('blocks', 'vec4<u32>'), writes('out')],
  code: [
    CHACHA,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.count) { return; }
  out[i] = first_canonical(Block(blocks[4u * i], blocks[4u * i + 1u], blocks[4u * i + 2u], blocks[4u * i + 3u]));
}
`,
  ],
};

/** Absorbs a salt as the last row of each leaf, in place: rows `row` .. `row + rows` in bit-reversed order. */
const salts = (name: string, own: string, absorb: string): Kernel => ({
  name,
  workgroup: 64,
  params: ['rows', 'row', 'base', 'logLeaves'],
  buffers: [reads('streams', 'u32'), writes('states', 'vec4<u32>')],
  code: [
    ROUNDS,
    own,
    CHACHA,
    /* wgsl */ `
fn main(group: u32, local: u32) {
  let i = group * 64u + local;
  if (i >= P.rows) { return; }
  let leaf = reverseBits(P.row + i) >> (32u - P.logLeaves);
  let v = stream_block(0u, leaf >> 1u);
  let low63 = vec4<u32>(0xffffffffu, 0x7fffffffu, 0xffffffffu, 0x7fffffffu);
  let upper = (leaf & 1u) == 1u;
  let s = select(v.a, v.c, upper) & low63;
  let t = select(v.b, v.d, upper) & low63;
  let at = 2u * (P.base + i);
  let before = State(states[at], states[at + 1u]);
  ${absorb}
  states[at] = after.low;
  states[at + 1u] = after.high;
}
`,
  ],
});

const WORDS = (...vectors: string[]) =>
  vectors.flatMap((v) => (v === '0' ? ['0u, 0u, 0u, 0u'] : [`${v}.x, ${v}.y, ${v}.z, ${v}.w`])).join(', ');

export const RANDOM_KERNELS = {
  elements: ELEMENTS,
  select: SELECT,
  salts: {
    eidos: salts(
      'salts-eidos',
      EIDOS,
      `let after = compress(before, array<u32, 16>(${WORDS('s', 't', '0', '0')}));`,
    ),
    blake3: salts(
      'salts-blake3',
      BLAKE3,
      `let after = rounds(State(IV0, IV1), array<u32, 16>(${WORDS('before.low', 'before.high', 's', 't')}),
    vec4<u32>(0u, 0u, 64u, CHUNK_START | CHUNK_END | ROOT));`,
    ),
  },
} as const;
