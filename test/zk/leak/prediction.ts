import { buildAuxTrace } from '../../../core/air/aux-trace.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import { treeIndices } from '../../../core/stark/order.ts';
import { Purpose } from '../../../core/stark/randomness/stream.ts';
import { type ProofShape, proofShape, type TreeShape } from '../../../core/stark/shape.ts';
import type { TraceMatrix } from '../../../core/vm/trace/types.ts';
import { PARTS } from './parts.ts';
import type { Recording } from './record.ts';
import type { Columns, Instance, Witness } from './system.ts';
import type { ModelOptions, Randomness, Weights } from './view.ts';

/** The columns of a matrix. */
export const columnsOf = ({ width, height, data }: TraceMatrix): BigUint64Array[] =>
  Array.from({ length: width }, (_, c) => data.slice(c * height, (c + 1) * height));

/** The shape of the recorded proof. */
export const shapeOf = ({ options: { instances, profile } }: Recording): ProofShape =>
  proofShape(
    instances.map(({ air }) => air),
    instances.map(({ logHeight }) => logHeight),
    profile,
  );

/** What a model needs to predict a recorded proof: `mains` are the main traces in instance order. */
export function modelOptions(
  recording: Recording,
  mains: readonly TraceMatrix[],
  boundary: QuadFelt,
): ModelOptions {
  const instances = recording.options.instances.map(
    ({ air, logHeight, publicValues, preprocessed }): Instance => ({
      air,
      logHeight,
      publicValues,
      preprocessed: preprocessed ? columnsOf(preprocessed) : [],
    }),
  );
  return {
    instances,
    challenges: { ...recording, indices: distinct(recording) },
    weights: weightsOf(recording),
    witness: witnessOf(recording, mains),
    randomness: randomnessOf(recording),
    boundary,
  };
}

/** Queries in the order in which trees list them. */
export const distinct = (recording: Recording): number[] =>
  treeIndices(recording.indices, shapeOf(recording).logLde);

function witnessOf({ options: { instances }, lookup }: Recording, mains: readonly TraceMatrix[]): Witness {
  const built = instances.map(({ air, publicValues, preprocessed }, i) =>
    buildAuxTrace(air, {
      main: mains[i],
      challenges: lookup,
      publicValues,
      ...(preprocessed && { preprocessed }),
    }),
  );
  return {
    traces: mains.map((main, i) => ({ main: columnsOf(main), aux: columnsOf(built[i].matrix) })),
    sums: built.map(({ sigma }) => sigma),
  };
}

/** The random coefficients that a recorded proof was made of. */
export function randomnessOf(recording: Recording): Randomness {
  const { instances, profile } = recording.options;
  const masks = instances.map(({ air }, i): Columns<BigUint64Array> => {
    const mask = (purpose: 1 | 2) => (_: unknown, c: number) =>
      recording.random(purpose, i, c, profile.maskLength);
    return {
      main: Array.from({ length: air.mainWidth }, mask(Purpose.MainMask)),
      aux: Array.from({ length: 2 * air.auxWidth }, mask(Purpose.AuxMask)),
    };
  });
  const { degreeBound } = shapeOf(recording);
  return {
    masks,
    blinders: Array.from({ length: 2 * (PARTS - 1) }, (_, c) =>
      recording.random(Purpose.Blinder, 0, c, profile.blinderLength),
    ),
    masking: [
      recording.random(Purpose.Masking, 0, 0, degreeBound),
      recording.random(Purpose.Masking, 0, 1, degreeBound),
    ],
  };
}

/** Where a matrix's first column stands in an out-of-domain row. */
export function placeOf({ trees }: ProofShape, tree: TreeShape['name'], instance?: number): number {
  const found = trees
    .find(({ name }) => name === tree)
    ?.matrices.find((m) => instance === undefined || m.instance === instance);
  if (!found) throw new Error(`no ${tree} matrix of instance ${instance}`);
  return found.column;
}

function weightsOf(recording: Recording): Weights {
  const shape = shapeOf(recording);
  const weight = (place: number) => Q.pow(recording.deep[0], BigInt(shape.columns - 1 - place));
  const from = (place: number, count: number) => Array.from({ length: count }, (_, c) => weight(place + c));
  return {
    columns: recording.options.instances.map(({ air }, i) => ({
      main: from(placeOf(shape, 'main', i), air.mainWidth),
      aux: from(placeOf(shape, 'aux', i), 2 * air.auxWidth),
    })),
    preprocessed: recording.options.instances.map(({ air }, i) =>
      air.preprocessedWidth === 0 ? [] : from(placeOf(shape, 'preprocessed', i), air.preprocessedWidth),
    ),
    quotient: from(placeOf(shape, 'quotient'), 2 * PARTS + 2),
  };
}

/** A column of an opened tree at the distinct queries; a short tree's row answers several of them. */
export function openedColumn(
  recording: Recording,
  tree: 'main' | 'aux' | 'quotient',
  column: number,
): bigint[] {
  const shape = shapeOf(recording);
  const { logLeaves } = shape.trees.find(({ name }) => name === tree)!;
  const leaves = treeIndices(recording.indices, logLeaves);
  return distinct(recording).map((index) => {
    const row = recording.openings[tree].rows[leaves.indexOf(index % 2 ** logLeaves)];
    return row[column];
  });
}
