import { KilnError } from '../errors.ts';
import { type Felt, isCanonical } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import type { Assignment, Value } from './evaluate.ts';
import type { Air } from './types.ts';

/** A file of assignments that is not what {@link parseAssignments} describes. `details` names the place. */
export class AssignmentError extends KilnError {
  constructor(message: string, place: string) {
    super('air-assignment', message, {
      details: `at ${place}`,
      advice: 'Compare the file with test/vectors/air.json: field elements are decimal strings below p.',
    });
  }
}

export interface AirAssignments {
  readonly air: Air;
  readonly assignments: readonly Assignment[];
}

/**
 * Reads the JSON text of a file of assignments, in the form of test/vectors/air.json:
 * `{"airs": [{"name", "assignments": [{"main": [current, next], "aux", "preprocessed", "periodic", "public",
 * "auxValues", "challenges": [alpha, beta], "isFirst", "isLast", "isTransition"}]}]}`. Other fields are ignored.
 * A base element is a decimal string, an extension element a pair of them; where the AIR takes either, an assignment
 * may mix them. Every length is checked against the AIR. Order is the file's. Throws {@link AssignmentError}.
 */
export function parseAssignments(text: string, airs: readonly Air[]): AirAssignments[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AssignmentError('The file is not JSON.', cause instanceof Error ? cause.message : 'the start');
  }
  return array(record(json, 'the file').airs, 'airs').map((entry, i) => {
    const { name, assignments } = record(entry, `airs[${i}]`);
    const air = airs.find((candidate) => candidate.name === name);
    if (air === undefined) {
      throw new AssignmentError(
        `There is no AIR of this name; there are ${airs.map((a) => a.name).join(', ')}.`,
        `airs[${i}].name`,
      );
    }
    const place = `airs[${i}].assignments`;
    return {
      air,
      assignments: array(assignments, place).map((a, j) => assignment(a, air, `${place}[${j}]`)),
    };
  });
}

function assignment(json: unknown, air: Air, place: string): Assignment {
  const fields = record(json, place);
  const list = <T>(name: string, length: number, read: (value: unknown, place: string) => T): T[] =>
    exactly(fields[name], length, `${place}.${name}`).map((value, i) =>
      read(value, `${place}.${name}[${i}]`),
    );
  const window = <T>(name: string, width: number, read: (value: unknown, place: string) => T): [T[], T[]] => {
    const [current, next] = list(name, 2, (row, at) =>
      exactly(row, width, at).map((v, i) => read(v, `${at}[${i}]`)),
    );
    return [current, next];
  };
  const scalar = (name: string): Value => value(fields[name], `${place}.${name}`);
  const [alpha, beta] = list('challenges', 2, quad);
  return {
    main: window('main', air.mainWidth, value),
    aux: window('aux', air.auxWidth, quad),
    preprocessed: window('preprocessed', air.preprocessedWidth, value),
    periodic: list('periodic', air.periodic.length, value),
    public: list('public', air.publicCount, felt),
    auxValues: list('auxValues', 1, quad),
    challenges: [alpha, beta],
    isFirst: scalar('isFirst'),
    isLast: scalar('isLast'),
    isTransition: scalar('isTransition'),
  };
}

function record(json: unknown, place: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new AssignmentError('An object was expected.', place);
  }
  return json as Record<string, unknown>;
}

function array(json: unknown, place: string): unknown[] {
  if (!Array.isArray(json)) throw new AssignmentError('A list was expected.', place);
  return json;
}

function exactly(json: unknown, length: number, place: string): unknown[] {
  const list = array(json, place);
  if (list.length !== length)
    throw new AssignmentError(`${length} values were expected, not ${list.length}.`, place);
  return list;
}

function felt(json: unknown, place: string): Felt {
  // The length bound comes first: parsing a long string of digits takes quadratic time.
  if (typeof json === 'string' && json.length <= 20 && /^\d+$/.test(json)) {
    const element = BigInt(json);
    if (isCanonical(element)) return element;
  }
  throw new AssignmentError('A decimal string below p was expected.', place);
}

function quad(json: unknown, place: string): QuadFelt {
  const [c0, c1] = exactly(json, 2, place);
  return [felt(c0, `${place}[0]`), felt(c1, `${place}[1]`)];
}

const value = (json: unknown, place: string): Value =>
  Array.isArray(json) ? quad(json, place) : felt(json, place);
