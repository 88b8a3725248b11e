import type { Air } from '../air/types.ts';
import { proofOrder } from './order.ts';
import type { Profile, ProofHash } from './profile.ts';

/** Opened rows are padded with zeros to a multiple of this many field elements: what one Eidos block absorbs. */
const alignment = (hash: ProofHash): number => (hash === 'eidos' ? 8 : 1);

export const alignedWidth = (width: number, hash: ProofHash): number => {
  const a = alignment(hash);
  return Math.ceil(width / a) * a;
};

/** One matrix of a tree. */
export interface MatrixShape {
  /** The instance it belongs to; absent for the quotient, which belongs to all. */
  readonly instance?: number;
  /** log2 of its rows before extension. */
  readonly logHeight: number;
  /** Base-field columns; an extension column counts as two. */
  readonly width: number;
  /** `width` rounded up to the alignment. */
  readonly alignedWidth: number;
  /** How many elements of a row are sent when it is opened: with the padding or without. */
  readonly openedWidth: number;
  /** Where its first column stands in an out-of-domain row. */
  readonly column: number;
}

export interface TreeShape {
  readonly name: 'preprocessed' | 'main' | 'aux' | 'quotient';
  readonly logLeaves: number;
  /** Random elements that end each leaf; they are opened after the rows, without padding. */
  readonly saltWidth: number;
  /** In the order in which a leaf absorbs them: ascending height. */
  readonly matrices: readonly MatrixShape[];
}

/** What heights, AIRs and profile determine of a proof; the same for prover, verifier and backends. */
export interface ProofShape {
  /** Instance indices in proof order. */
  readonly order: readonly number[];
  readonly logHeights: readonly number[];
  readonly logMaxHeight: number;
  /** log2 of the largest extension: the size of the DEEP codeword and of every tree but the preprocessed one. */
  readonly logLde: number;
  readonly alignment: number;
  /** `preprocessed` if any AIR has such columns, `main`, `aux`, `quotient`. */
  readonly trees: readonly TreeShape[];
  /** Width of an out-of-domain row: the aligned widths of all matrices together. */
  readonly columns: number;
  /** log2 of the parts that each instance's own quotient is computed from. */
  readonly logQuotientParts: readonly number[];
  /** log2 of the parts D of the committed quotient: the largest of them. */
  readonly logParts: number;
  /** The tallest trace's height N and the slack together: committed polynomials have fewer coefficients than this. */
  readonly degreeBound: number;
  /**
   * Coefficients at most of the quotient beyond D N (Q = Q0 + (X^(D N) - shift^(D N)) s; this bounds s). 0: the quotient has
   * no such part, and the extra coset is not needed.
   */
  readonly excessLength: number;
  /** log2 of the codeword committed in each FRI round; its tree has 2^(this - logFoldingArity) leaves. */
  readonly friLogSizes: readonly number[];
  /** log2 of the last codeword's length, the rate left out: the final polynomial's length but for the slack. */
  readonly logFinalLength: number;
  /** Number of coefficients of the final polynomial. */
  readonly finalLength: number;
}

type AirShape = Pick<Air, 'mainWidth' | 'auxWidth' | 'preprocessedWidth' | 'maxDegree'>;

/** log2 of the number of parts an AIR's quotient has without masks: ceil(log2(maxDegree - 1)), at least 0. */
export const logQuotientParts = (air: Pick<Air, 'maxDegree'>): number =>
  Math.ceil(Math.log2(Math.max(air.maxDegree - 1, 1)));

/**
 * Coefficients at most of an AIR's quotient when columns have n + m of them: a constraint has degree d (n + m - 1), one
 * more for a transition factor, which the degree rule does not count; dividing by the vanishing polynomial takes n off.
 */
export const quotientLength = ({ maxDegree: d }: Pick<Air, 'maxDegree'>, n: number, m: number): number =>
  (d - 1) * n + d * (m - 1) + 2;

/** Slack of a polynomial of 2^log coefficients. */
const slackOf = (log: number, profile: Profile): number => (profile.slack * 2 ** log) / 64;

/**
 * The shape of a proof over `airs` with traces of height 2^logHeights[i], both in instance order.
 * Callers have checked the heights; every AIR has at least one LogUp column.
 */
export function proofShape(
  airs: readonly AirShape[],
  logHeights: readonly number[],
  profile: Profile,
): ProofShape {
  const { hash, logBlowup, logFoldingArity, logFinalDegree } = profile;
  const order = proofOrder(logHeights);
  const logMaxHeight = Math.max(...logHeights);
  const logLde = logMaxHeight + logBlowup;
  const unmasked = airs.map(logQuotientParts);
  const logParts = Math.max(...unmasked);
  const masked = airs.map((air, i) => {
    const n = 2 ** logHeights[i];
    const length = quotientLength(air, n, profile.maskLength);
    const fits = profile.maskLength === 0 || length <= n * 2 ** unmasked[i];
    const log = fits ? unmasked[i] : Math.min(unmasked[i] + 1, logParts);
    const excess = profile.maskLength === 0 ? 0 : Math.max(length - n * 2 ** log, 0);
    return { log, excess: excess === 0 ? 0 : (excess - 1) * 2 ** (logMaxHeight - logHeights[i]) + 1 };
  });

  let columns = 0;
  const tree = (
    name: TreeShape['name'],
    matrices: readonly Pick<MatrixShape, 'instance' | 'logHeight' | 'width'>[],
  ): TreeShape => ({
    name,
    logLeaves: Math.max(...matrices.map((m) => m.logHeight)) + logBlowup,
    saltWidth: name === 'preprocessed' ? 0 : profile.saltWidth,
    matrices: matrices.map((m) => {
      const aligned = alignedWidth(m.width, hash);
      const column = columns;
      columns += aligned;
      return { ...m, alignedWidth: aligned, openedWidth: profile.paddedOpenings ? aligned : m.width, column };
    }),
  });
  const perInstance = (width: (air: AirShape) => number) =>
    order
      .map((instance) => ({ instance, logHeight: logHeights[instance], width: width(airs[instance]) }))
      .filter((m) => m.width > 0);

  const fixed = perInstance((air) => air.preprocessedWidth);
  const trees = [
    ...(fixed.length > 0 ? [tree('preprocessed', fixed)] : []),
    tree(
      'main',
      perInstance((air) => air.mainWidth),
    ),
    tree(
      'aux',
      perInstance((air) => 2 * air.auxWidth),
    ),
    tree('quotient', [{ logHeight: logMaxHeight, width: (2 << logParts) + profile.maskingColumns }]),
  ];

  const rounds = Math.ceil(Math.max(logLde - logFinalDegree - logBlowup, 0) / logFoldingArity);
  const logFinalLength = Math.max(logLde - rounds * logFoldingArity - logBlowup, 0);
  return {
    order,
    logHeights,
    logMaxHeight,
    logLde,
    alignment: alignment(hash),
    trees,
    columns,
    logQuotientParts: masked.map(({ log }) => log),
    logParts,
    degreeBound: 2 ** logMaxHeight + slackOf(logMaxHeight, profile),
    excessLength: Math.max(...masked.map(({ excess }) => excess)),
    friLogSizes: Array.from({ length: rounds }, (_, i) => logLde - i * logFoldingArity),
    logFinalLength,
    finalLength: 2 ** logFinalLength + slackOf(logFinalLength, profile),
  };
}
