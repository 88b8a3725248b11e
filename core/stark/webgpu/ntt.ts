import {
  LOG_TILE,
  NTT_FORWARD,
  NTT_FORWARD_IN_PLACE,
  NTT_FORWARD_TAIL,
  NTT_INVERSE,
  NTT_INVERSE_IN_PLACE,
  TWIDDLES,
} from '../../../shaders/ntt.ts';
import * as F from '../../field/felt.ts';
import { ldeShift } from '../domain.ts';
import { reverseBits } from '../order.ts';
import type { Work } from './work.ts';

/** Constants of all transforms up to some size; see shaders/ntt.ts. */
export interface Twiddles {
  /** Extensions whose cosets have 2^logLde points at most. */
  readonly logLde: number;
  readonly logBlowup: number;
  /** R and its inverses. */
  readonly roots: GPUBuffer;
  readonly inverses: GPUBuffer;
  /** S_t R, level after level: for the cosets of extensions. */
  readonly cosets: GPUBuffer;
  /** The same for the block after the last one, of up to 2^logLde / 2^logBlowup points; only if it is needed. */
  readonly extra?: GPUBuffer;
}

/** The root of unity that bit `bit` of an index of R stands for. */
const rootOfBit = (bit: number): F.Felt => F.rootOfUnity(Math.min(bit + 2, F.TWO_ADICITY));
const ROOTS = Array.from({ length: 32 }, (_, bit) => rootOfBit(bit));

/** S_t for all levels t. */
const levelShifts = (logBlowup: number): F.Felt[] =>
  Array.from({ length: 32 - logBlowup }, (_, t) => F.pow(F.GENERATOR, 1n << BigInt(31 - logBlowup - t)));

/** Entry m: the product of roots over the bits of m; with shifts, entry 2^(t + logGap) + m that times shift t. */
async function makeTable(
  work: Work,
  log: number,
  roots: readonly F.Felt[],
  leveled?: { readonly shifts: readonly F.Felt[]; readonly logGap: number },
): Promise<GPUBuffer> {
  const constants = work.upload(BigUint64Array.from([...roots, ...(leveled?.shifts ?? [])]));
  const out = work.allocate(8 * 2 ** log);
  await work.run({
    kernel: TWIDDLES,
    buffers: { roots: constants, out },
    params: { size: 2 ** log, leveled: leveled ? 1 : 0, logBlowup: leveled?.logGap ?? 0 },
    groups: Math.ceil(2 ** log / 64),
    cost: 32 * log,
  });
  work.free(constants);
  return out;
}

/** Makes the constants on the device, in buffers of `work`. */
export async function makeTwiddles(work: Work, logLde: number, logBlowup: number): Promise<Twiddles> {
  const leveled = { shifts: levelShifts(logBlowup), logGap: logBlowup };
  return {
    logLde,
    logBlowup,
    roots: await makeTable(work, logLde, ROOTS),
    inverses: await makeTable(work, logLde, ROOTS.map(F.inv)),
    cosets: await makeTable(work, logLde, ROOTS, leveled),
  };
}

/**
 * Adds the constants of block 2^logBlowup of extensions of up to 2^logN rows. At level t its index has one bit more than
 * those of the other blocks, at t + logBlowup, and that bit's root is part of the shift.
 */
export async function withExtraBlock(work: Work, twiddles: Twiddles, logN: number): Promise<Twiddles> {
  const { logBlowup } = twiddles;
  const shifts = levelShifts(logBlowup).map((shift, t) => F.mul(shift, rootOfBit(t + logBlowup)));
  return { ...twiddles, extra: await makeTable(work, logN, ROOTS, { shifts, logGap: 0 }) };
}

/**
 * The shift of block k, up to 2^logBlowup, of the extension coset of a trace of height 2^logHeight. Block 2^p, which is not
 * among the first 2^p, is the extra coset of a quotient of 2^p parts.
 */
export const blockShift = (logHeight: number, logBlowup: number, k: number): F.Felt => {
  const log = logBlowup + 1;
  return F.mul(
    ldeShift(logHeight + logBlowup),
    F.pow(F.rootOfUnity(logHeight + log), BigInt(reverseBits(k, log))),
  );
};

/** Columns of one buffer: entry i of column c at `base + c * stride + i`. */
export interface Place {
  readonly buffer: GPUBuffer;
  readonly base: number;
  readonly stride: number;
}

/** Coefficients from 2^logN on: entry i of column c at `c * length + i`. */
export interface Tail {
  readonly buffer: GPUBuffer;
  readonly length: number;
}

interface Pass {
  readonly levels: number;
  readonly logC: number;
  readonly logBase: number;
  readonly logStride: number;
  readonly level: number;
}

/** Passes of a transform from the first level to the last. */
function passes(logN: number): Pass[] {
  if (logN <= LOG_TILE) return [{ levels: logN, logC: 0, logBase: logN, logStride: 0, level: 0 }];
  const first = logN - LOG_TILE;
  const logC = LOG_TILE - first;
  return [
    { levels: first, logC, logBase: logC, logStride: LOG_TILE, level: 0 },
    { levels: LOG_TILE, logC: 0, logBase: LOG_TILE, logStride: 0, level: first },
  ];
}

/** Butterflies per workgroup, in products. */
const cost = ({ levels, logC }: Pass): number => 0.7 * (levels + 2) * 2 ** (levels + logC);
const groups = (columns: number, logN: number, { levels, logC }: Pass): number =>
  columns * 2 ** (logN - levels - logC);

export type Extension =
  /** Block k of the extension coset; 2^logBlowup is the one after the last. */
  | { readonly domain: 'coset'; readonly block: number }
  /** Block k of the subgroup 2^added times as large. */
  | { readonly domain: 'subgroup'; readonly block: number };

/** Values in bit-reversed order, on one block, of `columns` polynomials given by coefficients. */
export async function extend(
  work: Work,
  twiddles: Twiddles,
  from: Place & { readonly tail?: Tail | undefined },
  to: Place,
  columns: number,
  logN: number,
  { domain, block }: Extension,
): Promise<void> {
  const { logBlowup } = twiddles;
  const isCoset = domain === 'coset';
  const isExtra = isCoset && block === 2 ** logBlowup;
  const [first, tail] = from.tail ? [NTT_FORWARD_TAIL, from.tail] : [NTT_FORWARD, undefined];
  for (const [i, pass] of passes(logN).entries()) {
    await work.run({
      kernel: i === 0 ? first : NTT_FORWARD_IN_PLACE,
      buffers: {
        twiddles: isExtra ? twiddles.extra! : isCoset ? twiddles.cosets : twiddles.roots,
        ...(i === 0 && { src: from.buffer, ...(tail && { tails: tail.buffer }) }),
        dst: to.buffer,
      },
      params: {
        ...pass,
        ...places(from, to),
        logN,
        block: isExtra ? 0 : block,
        leveled: isCoset ? 1 : 0,
        logBlowup: isExtra ? 0 : logBlowup,
        reversed: 0,
        scaled: 0,
        scale: 0n,
        ...(tail && {
          tail: tail.length,
          factor: F.pow(blockShift(logN, logBlowup, block), 1n << BigInt(logN)),
        }),
      },
      groups: groups(columns, logN, pass),
      cost: cost(pass),
    });
  }
}

/**
 * Coefficients of the polynomials through values on the subgroup of order 2^logN, given in natural or bit-reversed order.
 */
export async function interpolate(
  work: Work,
  twiddles: Twiddles,
  from: Place,
  to: Place,
  columns: number,
  logN: number,
  order: 'natural' | 'bit-reversed',
): Promise<void> {
  const all = passes(logN).reverse();
  for (const [i, pass] of all.entries()) {
    await work.run({
      kernel: i === 0 ? NTT_INVERSE : NTT_INVERSE_IN_PLACE,
      buffers: { twiddles: twiddles.inverses, ...(i === 0 && { src: from.buffer }), dst: to.buffer },
      params: {
        ...pass,
        ...places(from, to),
        logN,
        block: 0,
        leveled: 0,
        logBlowup: 0,
        reversed: order === 'natural' ? 1 : 0,
        scaled: i === all.length - 1 ? 1 : 0,
        scale: F.inv(1n << BigInt(logN)),
      },
      groups: groups(columns, logN, pass),
      cost: cost(pass),
    });
  }
}

const places = (from: Place, to: Place) => ({
  srcBase: from.base,
  srcStride: from.stride,
  dstBase: to.base,
  dstStride: to.stride,
});
