import type { Word } from '../../hash/word.ts';
import type { TransactionKernel } from './kernel.ts';

/** The root of a procedure of `kiln::standards`, e.g. `p2id::main`. */
export function standardProcedure({ standards }: Pick<TransactionKernel, 'standards'>, name: string): Word {
  const path = `::kiln::standards::${name}`;
  const found = standards.manifest.exports.find((each) => each.path === path);
  if (found?.kind !== 'procedure') throw new RangeError(`there is no standard procedure ${name}`);
  return found.digest;
}
