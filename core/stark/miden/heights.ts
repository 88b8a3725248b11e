import { KilnError } from '../../errors.ts';
import { EIDOS_ROWS } from '../../vm/trace/eidos-layout.ts';
import { type LogHeights, logHeightsOf, padTraces } from '../../vm/trace/padding.ts';
import type { VmTraces } from '../../vm/trace/types.ts';
import { isListed } from '../hiding.ts';
import type { Profile } from '../profile.ts';
import { BYTE_TABLE_LOG_HEIGHT } from './relation.ts';

/**
 * The heights that traces are proved at: `asked` for if the caller says; else those of the smallest class of the profile that holds
 * the run, or the traces' own where the profile lists none. Rejects, as a `KilnError`:
 *
 * - `heights-too-small`: the run does not fit what is asked for;
 * - `unlisted-heights`: what is asked for is no class of the profile, so no verifier would accept it;
 * - `trace-too-long`: no class holds the run.
 */
export function fitHeights(traces: VmTraces, profile: Profile, asked?: LogHeights): LogHeights {
  const own = logHeightsOf(traces);
  if (asked !== undefined) {
    requireListed(asked, profile);
    if (!holds(asked, own)) {
      throw new KilnError('heights-too-small', 'The run does not fit the heights asked for.', {
        details: `asked for ${show(asked)}, needed are ${show(own)}: ${rowsOf(traces)}`,
        advice: 'Ask for greater heights, or for none.',
      });
    }
    return asked;
  }
  const classes = classesOf(profile);
  if (classes.length === 0) return own;
  const fit = classes.find((each) => holds(each, own));
  if (fit === undefined) {
    throw new KilnError('trace-too-long', `The run is too long for the profile ${profile.name}.`, {
      details: `${rowsOf(traces)}; the classes end at ${show(classes[classes.length - 1])} (log2)`,
      advice: 'Split the work over several programs.',
    });
  }
  return fit;
}

/** Throws `unlisted-heights`, as {@link fitHeights} does: to be asked before a long run. */
export function requireListed(asked: LogHeights, profile: Profile): void {
  if (isListed(profile, [...asked, BYTE_TABLE_LOG_HEIGHT])) return;
  throw new KilnError('unlisted-heights', `The profile ${profile.name} has no such heights.`, {
    details: `asked for ${show(asked)}, listed are ${classesOf(profile).map(show).join(' / ')}`,
    advice: 'Choose one of the listed classes, or none: the smallest that holds the run is taken.',
  });
}

/** Traces padded to {@link fitHeights}. */
export const fitTraces = (traces: VmTraces, profile: Profile, asked?: LogHeights): VmTraces =>
  padTraces(traces, fitHeights(traces, profile, asked));

const holds = (heights: LogHeights, needed: LogHeights): boolean =>
  heights.every((log, i) => log >= needed[i]);
/** The profile's classes without the byte table, whose height never varies. */
const classesOf = ({ heightClasses }: Profile): LogHeights[] =>
  heightClasses.map(([core, chiplets, eidos]) => [core, chiplets, eidos]);
/** In the form of the command line. */
const show = (heights: LogHeights): string => heights.join(',');
const rowsOf = ({ core, chiplets, eidos }: VmTraces): string =>
  `${core.rows} core, ${chiplets.rows} chiplets and ${EIDOS_ROWS * eidos.count} eidos rows`;
