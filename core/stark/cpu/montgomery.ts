import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';

/** 2^64 x: how kernels take one factor of a product. */
export const montgomery = (x: F.Felt): F.Felt => (x << 64n) % F.MODULUS;
export const montgomeryQuad = ([c0, c1]: QuadFelt): [F.Felt, F.Felt] => [montgomery(c0), montgomery(c1)];
