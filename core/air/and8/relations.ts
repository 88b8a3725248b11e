import { AND8 } from '../../vm/trace/layout.ts';
import { Bus } from '../lookup.ts';

/**
 * What the Eidos trace asks the byte-pair table: the contribution of byte `position` of b ^ c to that word rotated
 * right by 12 or 7. Divided by a factor that depends on the position alone, some of them are plain XORs, and six
 * relations serve all eight cases.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/and8_lookup/eidos.rs.
 */
export interface Relation {
  readonly bus: Bus;
  /** Column of its multiplicities in the table's trace. */
  readonly column: number;
}

export const CANONICAL_XOR: Relation = { bus: Bus.And8, column: AND8.canonicalXor };
export const ROT12_POS1: Relation = { bus: Bus.Rot12Pos1, column: AND8.rot12Pos1 };
export const ROT12_POS3: Relation = { bus: Bus.Rot12Pos3, column: AND8.rot12Pos3 };
export const ROT7_POS0: Relation = { bus: Bus.Rot7Pos0, column: AND8.rot7Pos0 };
export const ROT7_POS2: Relation = { bus: Bus.Rot7Pos2, column: AND8.rot7Pos2 };
export const ROT7_POS3: Relation = { bus: Bus.Rot7Pos3, column: AND8.rot7Pos3 };

/** By byte position. */
export const ROT12_RELATIONS: readonly Relation[] = [CANONICAL_XOR, ROT12_POS1, CANONICAL_XOR, ROT12_POS3];
export const ROT7_RELATIONS: readonly Relation[] = [ROT7_POS0, CANONICAL_XOR, ROT7_POS2, ROT7_POS3];

/** log2 of what a contribution of the byte at each position is divided by. */
export const POSITION_SHIFT: readonly number[] = [20, 1, 4, 0];
