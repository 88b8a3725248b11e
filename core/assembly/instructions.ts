/**
 * Every instruction of Miden assembly and the operands it may be written with: the one owner of that fact.
 * Source: miden-assembly-syntax 1.0.0-rc.0, src/parser/cst/instructions.rs.
 */

/**
 * How an instruction may be written.
 * - `none`: bare, `add`
 * - `felt`: `add.5`, a field element
 * - `u32`: `u32div.5`, a 32-bit value or address
 * - `pushed-u32`: `u32and.5`, read as `push.5 u32and`
 * - `local`: `loc_load.0`, a procedure local
 * - `shift`: `u32shl.5`, 0 to 31
 * - `index`: `dup.3`, a stack position; `STACK_INDEX` has its range and default
 * - `bits`: `exp.u32`, the bit length of an exponent
 * - `padding`: `adv.push_mapvaln.8`
 * - `push`, `target`, `event`, `error`: `push.1.2`, `exec.foo`, `emit.EVENT`, `assert.err="text"`
 */
export type SourceForm =
  | 'none'
  | 'felt'
  | 'u32'
  | 'pushed-u32'
  | 'local'
  | 'shift'
  | 'index'
  | 'bits'
  | 'padding'
  | 'push'
  | 'target'
  | 'event'
  | 'error';

/** Range (both ends included) of a stack position, and what a bare instruction means, if it may stand bare. */
export const STACK_INDEX = {
  dup: { min: 0, max: 15, default: 0 },
  dupw: { min: 0, max: 3, default: 0 },
  swap: { min: 1, max: 15, default: 1 },
  swapw: { min: 1, max: 3, default: 1 },
  movdn: { min: 2, max: 15, default: undefined },
  movdnw: { min: 2, max: 3, default: undefined },
  movup: { min: 2, max: 15, default: undefined },
  movupw: { min: 2, max: 3, default: undefined },
} as const;

const BARE = [
  ...['adv.insert_hdword', 'adv.insert_compress', 'adv.insert_hqword', 'adv.insert_mem', 'adv.has_mapkey'],
  ...['adv.push_mapval', 'adv.push_mapval_count', 'adv.push_mtnode', 'adv.register_deferred'],
  ...['adv.register_deferred_data', 'adv.evaluate_deferred', 'adv.evaluate_deferred_frame'],
  ...['adv.evaluate_deferred_payload', 'adv.export_deferred_witness'],
  ...['and', 'eqw', 'ilog2', 'inv', 'is_odd', 'neg', 'not', 'or', 'pow2', 'xor', 'nop'],
  ...['adv_push', 'adv_pushw', 'adv_loadw', 'adv_pipe', 'mem_stream', 'caller', 'clk', 'sdepth'],
  ...['cdrop', 'cdropw', 'cswap', 'cswapw', 'drop', 'dropw', 'padw', 'swapdw', 'reversew', 'reversedw'],
  ...['dyncall', 'dynexec', 'eval_circuit', 'crypto_stream', 'log_deferred', 'fri_ext2fold4'],
  ...['horner_eval_base', 'horner_eval_ext', 'compress', 'hash', 'hdword'],
  ...['mtree_get', 'mtree_merge', 'mtree_set'],
  ...['ext2add', 'ext2div', 'ext2inv', 'ext2mul', 'ext2neg', 'ext2sub'],
  ...['u32cast', 'u32clo', 'u32clz', 'u32cto', 'u32ctz', 'u32popcnt', 'u32split', 'u32test', 'u32testw'],
  ...['u32overflowing_add3', 'u32widening_add3', 'u32wrapping_add3', 'u32widening_madd', 'u32wrapping_madd'],
] as const;

const FELT = ['add', 'sub', 'mul', 'div', 'eq', 'neq', 'lt', 'lte', 'gt', 'gte'] as const;

const U32 = [
  ...['mem_load', 'mem_loadw_be', 'mem_loadw_le', 'mem_store', 'mem_storew_be', 'mem_storew_le'],
  ...['u32div', 'u32divmod', 'u32mod', 'u32wrapping_add', 'u32wrapping_sub', 'u32wrapping_mul'],
  ...['u32overflowing_add', 'u32overflowing_sub', 'u32widening_add', 'u32widening_mul'],
] as const;

const PUSHED_U32 = [
  ...['u32and', 'u32or', 'u32xor', 'u32not', 'u32lt', 'u32lte', 'u32gt', 'u32gte', 'u32min', 'u32max'],
] as const;

const SHIFT = ['u32shl', 'u32shr', 'u32rotl', 'u32rotr'] as const;

const LOCAL = [
  ...['locaddr', 'loc_load', 'loc_loadw_be', 'loc_loadw_le', 'loc_store', 'loc_storew_be', 'loc_storew_le'],
] as const;

const ERROR = [
  ...[
    'assert',
    'assertz',
    'assert_eq',
    'assert_eqw',
    'u32assert',
    'u32assert2',
    'u32assertw',
    'mtree_verify',
  ],
] as const;

const TARGET = ['exec', 'call', 'syscall', 'procref'] as const;
const EVENT = ['emit', 'trace'] as const;

export type BareName = (typeof BARE)[number];
export type FeltName = (typeof FELT)[number];
export type U32Name = (typeof U32)[number];
export type PushedU32Name = (typeof PUSHED_U32)[number];
export type ShiftName = (typeof SHIFT)[number];
export type LocalName = (typeof LOCAL)[number];
export type StackName = keyof typeof STACK_INDEX;
export type ErrorName = (typeof ERROR)[number];
export type TargetName = (typeof TARGET)[number];
export type EventName = (typeof EVENT)[number];

/** Name of each instruction as it stands in an AST, with the forms it may be written in. */
export const INSTRUCTIONS: ReadonlyMap<string, readonly SourceForm[]> = new Map<
  string,
  readonly SourceForm[]
>([
  ...each(BARE, ['none']),
  ...each(FELT, ['none', 'felt']),
  ['exp', ['none', 'felt', 'bits']],
  ...each(U32, ['none', 'u32']),
  ...each(PUSHED_U32, ['none', 'pushed-u32']),
  ...each(SHIFT, ['none', 'shift']),
  ...each(LOCAL, ['local']),
  ...Object.entries(STACK_INDEX).map(
    ([name, { default: bare }]) =>
      [name, bare === undefined ? ['index'] : ['none', 'index']] as [string, readonly SourceForm[]],
  ),
  ['adv.push_mapvaln', ['none', 'padding']],
  ['push', ['push']],
  ...each(TARGET, ['target']),
  ...each(EVENT, ['none', 'event']),
  ...each(ERROR, ['none', 'error']),
]);

/** Spellings of earlier releases, with what replaced them. */
export const REPLACED_INSTRUCTIONS: ReadonlyMap<string, string> = new Map([
  ['mem_loadw', 'mem_loadw_be'],
  ['mem_storew', 'mem_storew_be'],
  ['loc_loadw', 'loc_loadw_be'],
  ['loc_storew', 'loc_storew_be'],
]);

function each(names: readonly string[], forms: readonly SourceForm[]): [string, readonly SourceForm[]][] {
  return names.map((name) => [name, forms]);
}

export const isStackName = (name: string): name is StackName => Object.hasOwn(STACK_INDEX, name);

/** How an instruction may be written, for messages: "`add` or `add.<felt>`". */
export function spellings(name: string): string {
  const forms = INSTRUCTIONS.get(name) ?? [];
  return forms.map((form) => `\`${spelling(name, form)}\``).join(' or ');
}

function spelling(name: string, form: SourceForm): string {
  switch (form) {
    case 'none':
      return name;
    case 'felt':
      return `${name}.<field element>`;
    case 'u32':
    case 'pushed-u32':
      return `${name}.<32-bit number>`;
    case 'local':
      return `${name}.<index of a local>`;
    case 'shift':
      return `${name}.<0 to 31>`;
    case 'index': {
      const { min, max } = STACK_INDEX[name as StackName];
      return `${name}.<${min} to ${max}>`;
    }
    case 'bits':
      return `${name}.u<0 to 63>`;
    case 'padding':
      return `${name}.<0, 4 or 8>`;
    case 'push':
      return `${name}.<numbers and constants with dots between>`;
    case 'target':
      return `${name}.<procedure>`;
    case 'event':
      return `${name}.<constant>\` or \`${name}.event("name")`;
    case 'error':
      return `${name}.err="text"`;
  }
}

/** The instruction whose name is nearest to a misspelt one, if any is near. */
export function closestInstruction(name: string): string | undefined {
  const limit = Math.min(2, name.length >> 1);
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of INSTRUCTIONS.keys()) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions and replacements that make one text the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
