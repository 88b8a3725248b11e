import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import { PARTS } from './parts.ts';
import type { ReducedModel } from './reduced.ts';
import { RowSpace } from './row-space.ts';
import { type Challenges, type Columns, LOG_BLOWUP, MATRICES } from './system.ts';
import { generator, type Toy } from './toys.ts';
import { Model, type ModelOptions, type Weights } from './view.ts';

/** A proof system to be tried: the sound one, or one that lacks something. */
export interface Setting {
  readonly queries: number;
  readonly maskLength: number;
  readonly blinderLength: number;
  /** Masking polynomial: over the extension, over the base field, below degree N only, or none. */
  readonly masking: 'full' | 'base' | 'short' | 'none';
  readonly unmasked?: { readonly instance: number; readonly matrix: 'main' | 'aux'; readonly column: number };
}

export interface Ranks {
  readonly dimension: number;
  readonly random: number;
  /** With all known changes of the witness besides: more than `random` is a leak. */
  readonly both: number;
}

/** Challenges of a toy whose tallest trace has 2^logMax rows. */
export function challengesFor(logMax: number, queries: number): Challenges {
  const random = generator(1n);
  const quad = (): QuadFelt => [random(), random()];
  const size = 2 ** (logMax + LOG_BLOWUP);
  return {
    lookup: [quad(), quad()],
    fold: [quad(), quad()],
    z: quad(),
    indices: Array.from({ length: queries }, (_, i) => (i * 37 + 5) % size),
  };
}

/** Powers of the DEEP challenge; which column has which does not matter, but the masking polynomial's are neighbours. */
function weightsOf(toy: Toy): Weights {
  const challenge: QuadFelt = [1_000_003n, 998_244_353n];
  let next = Q.ONE;
  const weight = (): QuadFelt => {
    const current = next;
    next = Q.mul(next, challenge);
    return current;
  };
  return {
    quotient: Array.from({ length: 2 * PARTS + 2 }, weight),
    columns: toy.witness.traces.map(({ main, aux }) => ({ main: main.map(weight), aux: aux.map(weight) })),
    preprocessed: toy.instances.map(({ preprocessed }) => preprocessed.map(weight)),
  };
}

/** A degree bound that leaves room for every committed polynomial: the excess of the shortest AIR's quotient, lifted. */
export function degreeBound(
  toy: Pick<Toy, 'instances'>,
  { maskLength: m }: Pick<Setting, 'maskLength'>,
): number {
  const logs = toy.instances.map(({ logHeight }) => logHeight);
  const n = 2 ** Math.max(...logs);
  const repeats = n / 2 ** Math.min(...logs);
  return n + 8 * Math.ceil((repeats * (9 * m - 8) + 1) / 8);
}

const random = generator(42n);
const coefficients = (count: number) => BigUint64Array.from({ length: count }, random);

/** Masks of every column of a witness, but for one that may be left bare. */
export const masksOf = (
  { witness }: Pick<Toy, 'witness'>,
  { maskLength, unmasked }: Pick<Setting, 'maskLength' | 'unmasked'>,
): Columns<BigUint64Array>[] =>
  witness.traces.map((columns, instance) => {
    const [main, aux] = MATRICES.map((matrix) =>
      columns[matrix].map((_, column) => {
        const bare =
          unmasked?.instance === instance && unmasked.matrix === matrix && unmasked.column === column;
        return coefficients(bare ? 0 : maskLength);
      }),
    );
    return { main, aux };
  });

export const modelOf = (toy: Toy, setting: Setting, challenges: Challenges): Model =>
  new Model(optionsOf(toy, setting, challenges), degreeBound(toy, setting));

/** A toy's model with randomness drawn. */
export function optionsOf(toy: Toy, setting: Setting, challenges: Challenges): ModelOptions {
  const { blinderLength, masking } = setting;
  const bound = degreeBound(toy, setting);
  const n = 2 ** Math.max(...toy.instances.map(({ logHeight }) => logHeight));
  const lengths = { full: [bound, bound], base: [bound, 0], short: [n, n], none: [0, 0] }[masking];
  return {
    instances: toy.instances,
    challenges,
    weights: weightsOf(toy),
    witness: toy.witness,
    randomness: {
      masks: masksOf(toy, setting),
      blinders: Array.from({ length: 2 * (PARTS - 1) }, () => coefficients(blinderLength)),
      masking: [coefficients(lengths[0]), coefficients(lengths[1])],
    },
    boundary: Q.ZERO,
  };
}

/** Ranks of the view's derivatives, by elimination over all of a model's equations. */
export function ranks(model: Model | ReducedModel, { directions }: Pick<Toy, 'directions'>): Ranks {
  const space = new RowSpace(model.dimension);
  const random = space.insertAll(model.randomDirections());
  for (const direction of directions) space.insert(model.witnessDirection(direction));
  return { dimension: model.dimension, random, both: space.rank };
}

/** Relations that every honest view satisfies: the combination at queries, z and z h; the quotient at z and its conjugate. */
export const relations = (queries: number): number => 2 * queries + 12;
