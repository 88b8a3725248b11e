import * as F from '../../../core/field/felt.ts';

/** A value and its derivative along one change of the private inputs. */
export interface Dual {
  readonly value: F.Felt;
  readonly slope: F.Felt;
}

export const dual = (value: F.Felt, slope: F.Felt = 0n): Dual => ({ value, slope });
export const add = (a: Dual, b: Dual): Dual => dual(F.add(a.value, b.value), F.add(a.slope, b.slope));
export const mul = (a: Dual, b: Dual): Dual =>
  dual(F.mul(a.value, b.value), F.add(F.mul(a.value, b.slope), F.mul(a.slope, b.value)));
export const pow = (a: Dual, exponent: number): Dual =>
  dual(
    F.pow(a.value, BigInt(exponent)),
    F.mul(F.mul(F.felt(exponent), F.pow(a.value, BigInt(exponent - 1))), a.slope),
  );
