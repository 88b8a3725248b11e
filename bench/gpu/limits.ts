import { withHiddenSum } from '../../core/air/hidden-sum.ts';
import { midenAirs } from '../../core/air/miden.ts';
import type { Profile } from '../../core/stark/profile.ts';
import { proofShape } from '../../core/stark/shape.ts';

/** What an adapter does a second: 32-bit integer operations, bytes moved. */
export interface Limits {
  readonly integers: number;
  readonly memory: number;
}

interface Heights {
  readonly core: number;
  readonly chiplets: number;
  readonly eidos: number;
}

const BYTE_TABLE = 65_536;
/** 32-bit operations of a field product, a sum, a butterfly of radix 16 and a compression, or a block of a stream. */
const PRODUCT = 75;
const SUM = 10;
const BUTTERFLY = 68;
const COMPRESSION = 1000;
/** Products and sums of all constraints at one point, folding included. */
const CONSTRAINTS = [
  { products: 1934, sums: 2370 },
  { products: 1224, sums: 1313 },
  { products: 1284, sums: 1735 },
  { products: 70, sums: 133 },
] as const;
/** Products of a row's lookups. */
const LOOKUPS = [766, 587, 778, 117] as const;

/** Milliseconds below which each phase of a proof cannot come on this adapter: the larger of arithmetic and memory. */
export function phaseLimits(heights: Heights, profile: Profile, limits: Limits): Record<string, number> {
  const airs = midenAirs().map((air) => (profile.hiddenSums ? withHiddenSum(air) : air));
  const rows = [heights.core, heights.chiplets, heights.eidos, BYTE_TABLE];
  const shape = proofShape(airs, rows.map(Math.log2), profile);
  const blowup = 2 ** profile.logBlowup;
  const tallest = Math.max(...rows);
  const ms = (operations: number, bytes: number): number =>
    1000 * Math.max(operations / limits.integers, bytes / limits.memory);
  const total = (each: (height: number, i: number) => number): number =>
    rows.reduce((sum, height, i) => sum + each(height, i), 0);
  const compressions = (width: number): number =>
    Math.ceil((width + (profile.hash === 'blake3' ? 4 : 0)) / 8);
  // A salt is a block of its stream and a compression.
  const leafAndNode = profile.saltWidth > 0 ? 3 : 1;

  /** One interpolation and the extension of columns, leaves and nodes. */
  const tree = (widths: readonly number[], heightOf: (i: number) => number): number => {
    let butterflies = 0;
    let hashes = leafAndNode * blowup * tallest;
    let cells = 0;
    widths.forEach((width, i) => {
      const height = heightOf(i);
      butterflies += (1 + blowup) * width * height * (Math.log2(height) / 2);
      hashes += blowup * height * compressions(width);
      cells += width * height;
    });
    // Two passes for each transform, and one reading of all leaves.
    const bytes = 8 * cells * (4 * (1 + blowup) + blowup);
    return ms(butterflies * BUTTERFLY + hashes * COMPRESSION, bytes);
  };
  const [main, aux] = [airs.map((air) => air.mainWidth), airs.map((air) => 2 * air.auxWidth)];
  const cells = total((height, i) => height * (main[i] + aux[i]));
  /** Blocks that an AIR's constraints are evaluated on; to the extra one, columns are extended besides. */
  const extra = shape.excessLength > 0 ? 1 : 0;
  const blocks = shape.logQuotientParts.map((log) => 2 ** log + extra);
  return {
    'commit-main': tree(main, (i) => rows[i]),
    lookup: ms(
      PRODUCT * total((height, i) => height * LOOKUPS[i]),
      8 * total((height, i) => height * (main[i] + 4 * aux[i])),
    ),
    'commit-aux': tree(aux, (i) => rows[i]),
    constraints: ms(
      total((height, i) => {
        const { products, sums } = CONSTRAINTS[i];
        const butterflies = extra * (main[i] + aux[i]) * (Math.log2(height) / 2);
        return height * (blocks[i] * (products * PRODUCT + sums * SUM) + butterflies * BUTTERFLY);
      }),
      8 * total((height, i) => height * (blocks[i] + 4 * extra) * (main[i] + aux[i])),
    ),
    'commit-quotient': tree([shape.trees[shape.trees.length - 1].matrices[0].width], () => tallest),
    // Four products a cell to evaluate, two to combine.
    deep: ms(6 * PRODUCT * cells, 16 * cells),
  };
}
