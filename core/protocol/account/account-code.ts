import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { compareWords, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import { readForestFrom, writeForestTo } from '../../vm/mast/format.ts';
import { definedProcedures } from '../../vm/mast/prune.ts';
import type { MastForest } from '../../vm/mast/types.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';

/** Bytes of the smallest forest. */
const MIN_FOREST_BYTES = 16;
const MAX_FORESTS = Limit.ACCOUNT_PROCEDURES;

/**
 * An account's interface: the roots of its procedures. The first one authenticates; the others are strictly ascending, and
 * none is the first again. The code itself lies in forests beside the roots and is not committed to otherwise.
 */
export class AccountCode {
  readonly procedures: readonly Word[];
  readonly forests: readonly MastForest[];

  /** `procedures` in order. Throws `account-code`. */
  constructor(procedures: readonly Word[], forests: readonly MastForest[]) {
    const refuse = (message: string, details: string): never => {
      throw new ProtocolError('account-code', message, { details });
    };
    const count = procedures.length;
    if (count < Limit.ACCOUNT_PROCEDURES_MIN || count > Limit.ACCOUNT_PROCEDURES) {
      refuse(
        `An account has ${Limit.ACCOUNT_PROCEDURES_MIN} to ${Limit.ACCOUNT_PROCEDURES} procedures.`,
        `${count} procedures`,
      );
    }
    const [auth, ...others] = procedures;
    for (const [i, root] of others.entries()) {
      if (wordsEqual(root, auth)) refuse('An account lists a procedure twice.', `procedure ${i + 1}`);
      if (i > 0 && compareWords(others[i - 1], root) >= 0)
        refuse('The procedures of an account are not in order.', `procedure ${i + 1}`);
    }
    const known = new Set(forests.flatMap((forest) => [...definedProcedures(forest).keys()]));
    for (const [i, root] of procedures.entries())
      if (!known.has(wordKey(root))) refuse('The code of a procedure is missing.', `procedure ${i}`);
    this.procedures = procedures;
    this.forests = forests;
  }

  /** Puts procedures in their order: `auth` first. Throws `account-code`. */
  static of(auth: Word, others: readonly Word[], forests: readonly MastForest[]): AccountCode {
    const distinct = new Map(others.map((root) => [wordKey(root), root]));
    return new AccountCode([auth, ...[...distinct.values()].sort(compareWords)], forests);
  }

  get commitment(): Word {
    return commit(ProtocolDomain.ACCOUNT_CODE, this.procedures.flat());
  }
  has(root: Word): boolean {
    return this.procedures.some((p) => wordsEqual(p, root));
  }

  /** Forests without their hashes, which a reader computes; then the number of procedures less one, and their roots. */
  write(writer: ByteWriter): void {
    writer.vint(this.forests.length);
    for (const forest of this.forests) writeForestTo(forest, writer);
    writer.u8(this.procedures.length - 1);
    for (const root of this.procedures) writer.word(root);
  }
  static read(reader: ByteReader): AccountCode {
    const forests = Array.from({ length: reader.count(MIN_FOREST_BYTES, MAX_FORESTS) }, () =>
      readForestFrom(reader),
    );
    const procedures = Array.from({ length: reader.u8() + 1 }, () => reader.word());
    return checked(reader, () => new AccountCode(procedures, forests));
  }
}
