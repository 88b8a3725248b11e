import { KilnError } from '../errors.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import { EMPTY_WORD, type Word } from '../hash/word.ts';
import { Challenges } from './evaluate.ts';
import { Bus } from './lookup.ts';

/** What a proof claims from outside, as far as the buses see it. */
export interface LookupStatement {
  readonly programHash: Word;
  /** Digests of the kernel's procedures, in kernel order. */
  readonly kernel: readonly Word[];
  readonly deferredRoot: Word;
}

/**
 * The messages that come from the statement and not from a trace: the root block is to be run, the deferred root goes
 * from zero to its final value, and each kernel procedure exists. Returns the sum of their fractions.
 *
 * Throws `lookup-denominator` if a denominator is zero.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/lookup/miden_air.rs.
 */
export function lookupCorrection(statement: LookupStatement, alpha: QuadFelt, beta: QuadFelt): QuadFelt {
  const challenges = new Challenges(alpha, beta);
  const fraction = (bus: Bus, word: Word): QuadFelt => {
    const message = word.reduce<QuadFelt>(
      (sum, element, i) => Q.add(sum, Q.mulBase(challenges.betaPower(i), element)),
      challenges.busPrefix(bus),
    );
    if (Q.isZero(message)) {
      throw new KilnError('lookup-denominator', 'A lookup denominator is zero.', {
        details: `statement, bus ${bus}`,
        advice: 'Prove again: another transcript gives other challenges.',
      });
    }
    return Q.inv(message);
  };
  // Block hash messages go on with parent, first-child and loop-body flags: all zero for the root.
  const ends = Q.sub(
    Q.add(fraction(Bus.BlockHash, statement.programHash), fraction(Bus.LogDeferred, EMPTY_WORD)),
    fraction(Bus.LogDeferred, statement.deferredRoot),
  );
  return statement.kernel.reduce((sum, digest) => Q.add(sum, fraction(Bus.KernelRomInit, digest)), ends);
}

/**
 * Everything the buses of all AIRs and the statement add up to: zero in a valid proof. `sigmas` and `logHeights` are in
 * instance order.
 */
export function lookupBalance(
  statement: LookupStatement,
  [alpha, beta]: readonly [QuadFelt, QuadFelt],
  logHeights: readonly number[],
  sigmas: readonly QuadFelt[],
): QuadFelt {
  return sigmas.reduce(
    (sum, sigma, i) => Q.add(sum, Q.mulBase(sigma, 1n << BigInt(logHeights[i]))),
    lookupCorrection(statement, alpha, beta),
  );
}
