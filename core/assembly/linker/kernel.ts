import { ByteWriter } from '../../bytes.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import type { Kernel } from '../../vm/mast/types.ts';
import { KERNEL_PATH, pathText } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import type { Package } from '../package/package.ts';

const MAX_PROCEDURES = 255;
const PREFIX = `${pathText(KERNEL_PATH)}::`;

/** The procedures a kernel's package offers to syscalls: its exports right under `$kernel`. */
export function kernelOf(pack: Package): Kernel {
  const digests = new Map<string, Word>();
  for (const each of pack.manifest.exports) {
    const isDirect = each.path.startsWith(PREFIX) && !each.path.slice(PREFIX.length).includes('::');
    if (each.kind === 'procedure' && isDirect) digests.set(wordKey(each.digest), each.digest);
  }
  if (pack.kind !== 'kernel' || digests.size === 0 || digests.size > MAX_PROCEDURES) {
    throw new AssemblyError('kernel-misuse', `the package ${pack.name} is not a kernel`, {
      expected: `a kernel of 1 to ${MAX_PROCEDURES} procedures; this one has ${digests.size}`,
    });
  }
  return [...digests.values()].sort(compareBytes);
}

/** The order of the 32 serialized bytes, which is not that of the numbers. */
function compareBytes(a: Word, b: Word): number {
  const [x, y] = [a, b].map((word) => new ByteWriter().word(word).finish());
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? 0 : x[at] - y[at];
}
