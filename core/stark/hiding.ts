import type { Air } from '../air/types.ts';
import { KilnError } from '../errors.ts';
import type { Profile } from './profile.ts';
import { SALT_WIDTH } from './randomness/stream.ts';
import { proofShape } from './shape.ts';

/** A hiding profile that does not hide, or heights at which it does not. */
const refused = (message: string, details: string, advice: string): KilnError =>
  new KilnError('cannot-hide', message, { details, advice });

/** Is a proof of these heights one of those that the profile has? Instance order. */
export const isListed = ({ heightClasses }: Profile, logHeights: readonly number[]): boolean =>
  heightClasses.length === 0 || heightClasses.some((each) => String(each) === String(logHeights));

/**
 * Checks that a proof of these heights hides (docs/zero-knowledge.md): as many random coefficients as values are seen, and
 * room for them above the trace. `airs` may or may not have their sums hidden. Throws a `KilnError` of kind `cannot-hide`,
 * or `unlisted-heights` for heights that are none of the profile's classes.
 */
export function checkHiding(
  profile: Profile,
  airs: readonly Pick<Air, 'mainWidth' | 'auxWidth' | 'preprocessedWidth' | 'maxDegree' | 'name'>[],
  logHeights: readonly number[],
): void {
  const { numQueries, maskLength, blinderLength, saltWidth, maskingColumns, hiddenSums, slack } = profile;
  const atLeast = (what: string, value: number, bound: number) => {
    if (value < bound)
      throw refused('The profile does not hide.', `${what}: ${value}, ${bound} are needed`, 'Report this.');
  };
  // Each query shows a row and, through the quotient, the next; three points out of domain and their conjugates.
  atLeast('mask', maskLength, 2 * numQueries + 6);
  // A part of the quotient shows itself at the queries, and at two points and their conjugates.
  atLeast('blinder', blinderLength, numQueries + 4);
  atLeast('salt', saltWidth, SALT_WIDTH);
  atLeast('columns of the masking polynomial', maskingColumns, 2);
  atLeast('hidden sums', Number(hiddenSums), 1);
  // What is above a polynomial's head is added onto it, coset by coset.
  atLeast('slack below the height', 64 - slack, 0);

  if (!isListed(profile, logHeights)) {
    throw new KilnError('unlisted-heights', 'Traces of these heights would tell how long the program ran.', {
      details: `log heights ${logHeights.join(', ')}; possible are ${profile.heightClasses.join(' / ')}`,
      advice: 'Pad the traces to one of the possible heights.',
    });
  }
  const fits = (what: string, coefficients: number, logHeight: number) => {
    const room = (slack * 2 ** logHeight) / 64;
    if (coefficients <= room && Number.isInteger(room)) return;
    throw refused(
      'The traces are too short to be hidden.',
      `${what}: ${coefficients} coefficients, ${room} fit above a height of 2^${logHeight}`,
      'Pad the traces to larger heights.',
    );
  };
  for (const [i, air] of airs.entries()) fits(`mask of ${air.name}`, maskLength, logHeights[i]);
  const { excessLength, logMaxHeight, logFinalLength } = proofShape(airs, logHeights, profile);
  fits("the quotient's excess", excessLength, logMaxHeight);
  fits('blinder', blinderLength, logMaxHeight);
  fits('last codeword', 0, logFinalLength);
}
