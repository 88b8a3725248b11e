import type { Random } from './random.ts';

/** Instructions that keep a stack of 16 or more small values usable, whatever stands on it. */
const SAFE = [
  'add',
  'mul',
  'sub',
  'neg',
  'add.7',
  'mul.3',
  'sub.2',
  'eq',
  'neq',
  'eq.0',
  'eqw',
  'ext2add',
  'ext2mul',
  'ext2sub',
  'ext2neg',
  'swap',
  'swap.5',
  'swap.13',
  'dup.0',
  'dup.3',
  'dup.8',
  'dup.14',
  'movup.4',
  'movup.11',
  'movdn.6',
  'movdn.12',
  'swapw',
  'swapw.2',
  'swapw.3',
  'swapdw',
  'movupw.2',
  'movdnw.3',
  'drop',
  'push.5',
  'push.0',
  'push.1',
  'push.4294967295',
  'padw',
  'dropw',
  'reversew',
  'hash',
  'hdword',
  'compress',
  'is_odd',
  'lt',
  'lte',
  'gt',
  'gte',
  'sdepth',
  'clk',
  'nop',
  'dupw.1',
  'u32split',
  'u32test',
  'u32testw',
  'pow2.u',
  'exp.u8',
  'push.3 push.9 u32widening_add',
  'push.77 u32cast',
  'cswap.b',
  'cdrop.b',
  'cswapw.b',
  'and.b',
  'or.b',
  'xor.b',
  'not.b',
  'u32and.u',
  'u32or.u',
  'u32xor.u',
  'u32not.u',
  'u32widening_mul.u',
  'u32overflowing_sub.u',
  'u32divmod.u',
  'u32shl.u',
  'u32shr.u',
  'u32rotl.u',
  'u32popcnt.u',
  'u32clz.u',
  'u32cto.u',
  'u32lt.u',
  'u32max.u',
  'mem_store.m',
  'mem_load.m',
  'mem_storew_le.m',
  'mem_loadw_be.m',
  'mem_stream.m',
] as const;

/** Spells an instruction out with operands it accepts: booleans, u32 pairs, memory addresses. */
function spell(name: string, random: Random): string {
  const u = (): number => random.below(2 ** 32);
  if (name === 'pow2.u') return `push.${random.below(64)} pow2`;
  if (name === 'exp.u8') return `push.${random.below(256)} exp.u8`;
  const [op, kind] = [name.slice(0, -2), name.slice(-2)];
  if (kind === '.b')
    return op === 'not'
      ? `push.${random.below(2)} not`
      : `push.${random.below(2)} push.${random.below(2)} ${op}`;
  if (kind === '.u') {
    if (['u32not', 'u32popcnt', 'u32clz', 'u32cto'].includes(op)) return `push.${u()} ${op}`;
    if (/sh|rot/.test(op)) return `push.${u()} ${op}.${random.below(32)}`;
    return `push.${u()} push.${1 + random.below(2 ** 32 - 1)} ${op}`;
  }
  if (kind === '.m') {
    if (op === 'mem_stream')
      return `padw padw padw push.${4 * random.below(64)} movdn.12 mem_stream dropw dropw dropw drop`;
    return `${op}.${op.includes('w_') ? 4 * random.below(64) : random.below(256)}`;
  }
  return name;
}

/** A program of about `size` instructions with procedures, branches, loops and calls; it always ends without error. */
export function generateProgram(random: Random, size: number): string {
  const line = (n: number): string =>
    Array.from({ length: n }, () => spell(random.pick(SAFE), random)).join(' ');
  const block = (budget: number, depth: number, calls: boolean): string[] => {
    const out: string[] = [];
    for (let left = budget; left > 0; ) {
      const n = 1 + random.below(Math.min(left, 9));
      left -= n;
      const indent = '    '.repeat(depth);
      const kind = depth > 3 ? 9 : random.below(10);
      if (kind === 0) {
        out.push(
          `${indent}push.${random.below(2)}`,
          `${indent}if.true`,
          ...block(n, depth + 1, calls),
          `${indent}else`,
          ...block(n, depth + 1, calls),
          `${indent}end`,
        );
      } else if (kind === 1) {
        out.push(`${indent}repeat.${2 + random.below(4)}`, ...block(n, depth + 1, calls), `${indent}end`);
      } else if (kind === 2) {
        out.push(
          `${indent}push.1`,
          `${indent}while.true`,
          ...block(n, depth + 1, calls),
          `${indent}    push.0`,
          `${indent}end`,
        );
      } else if (kind === 3 && depth === 1 && calls) out.push(`${indent}exec.helper`);
      else if (kind === 4 && depth === 1 && calls)
        out.push(`${indent}padw padw padw padw call.isolated dropw dropw dropw dropw`);
      else out.push(indent + line(n));
    }
    return out;
  };
  return [
    '@locals(8)',
    'proc helper',
    '    loc_storew_le.0 loc_store.5 loc_load.1',
    ...block(Math.ceil(size / 4), 1, false),
    'end',
    'proc isolated',
    '    push.7.11 add mul caller dropw mem_store.40 mem_load.40',
    ...SHRINK,
    'end',
    'begin',
    ...block(size, 1, true),
    ...SHRINK,
    'end',
    '',
  ].join('\n');
}

/** Back to a depth of 16, as programs and calls must end. */
const SHRINK = ['    sdepth neq.16', '    while.true', '        drop sdepth neq.16', '    end'];
