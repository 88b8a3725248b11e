/**
 * Four compressions abreast: lane j of every vector belongs to hash j. One core serves Eidos and BLAKE3: both run seven
 * BLAKE3 rounds and differ in words 12 to 15 of the state and in what becomes of the output.
 */
export const IV0: u32 = 0x6a09e667;
export const IV1: u32 = 0xbb67ae85;
export const IV2: u32 = 0x3c6ef372;
export const IV3: u32 = 0xa54ff53a;
export const IV4: u32 = 0x510e527f;
export const IV5: u32 = 0x9b05688c;
export const IV6: u32 = 0x1f83d9ab;
export const IV7: u32 = 0x5be0cd19;

/** Byte orders that rotate every lane; variables for the same reason as the field's constants. */
let order16: v128 = i64x2.splat(0);
let order8: v128 = i64x2.splat(0);

/** Two words each, low first. */
export function setRotations(low16: u64, high16: u64, low8: u64, high8: u64): void {
  order16 = i64x2.replace_lane(i64x2.splat(low16), 1, high16);
  order8 = i64x2.replace_lane(i64x2.splat(low8), 1, high8);
}

// @ts-ignore: decorator
@inline
function rot16(x: v128): v128 {
  return i8x16.relaxed_swizzle(x, order16);
}
// @ts-ignore: decorator
@inline
function rot8(x: v128): v128 {
  return i8x16.relaxed_swizzle(x, order8);
}
// @ts-ignore: decorator
@inline
function rot12(x: v128): v128 {
  return v128.or(i32x4.shr_u(x, 12), i32x4.shl(x, 20));
}
// @ts-ignore: decorator
@inline
function rot7(x: v128): v128 {
  return v128.or(i32x4.shr_u(x, 7), i32x4.shl(x, 25));
}

// @ts-ignore: decorator
@inline
function word(p: usize, i: i32): v128 {
  return v128.load(p + (<usize>i << 4));
}

/** cv (8 vectors) <- compress(cv, m (16 vectors)) with words 12..15 as given; lanes of odd outputs are ANDed with `odd`. */
// @ts-ignore: decorator
@inline
function core(cv: usize, m: usize, w12: v128, w13: v128, w14: v128, w15: v128, masked: bool): void {
  let v0 = word(cv, 0);
  let v1 = word(cv, 1);
  let v2 = word(cv, 2);
  let v3 = word(cv, 3);
  let v4 = word(cv, 4);
  let v5 = word(cv, 5);
  let v6 = word(cv, 6);
  let v7 = word(cv, 7);
  let v8 = i32x4.splat(IV0);
  let v9 = i32x4.splat(IV1);
  let v10 = i32x4.splat(IV2);
  let v11 = i32x4.splat(IV3);
  let v12 = w12;
  let v13 = w13;
  let v14 = w14;
  let v15 = w15;
  // round 0
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 0));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 2));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 4));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 6));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 1));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 3));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 5));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 7));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 8));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 10));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 12));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 14));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 9));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 11));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 13));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 15));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  // round 1
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 2));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 3));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 7));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 4));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 6));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 10));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 0));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 13));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 1));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 12));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 9));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 15));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 11));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 5));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 14));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 8));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  // round 2
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 3));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 10));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 13));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 7));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 4));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 12));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 2));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 14));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 6));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 9));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 11));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 8));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 5));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 0));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 15));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 1));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  // round 3
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 10));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 12));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 14));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 13));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 7));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 9));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 3));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 15));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 4));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 11));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 5));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 1));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 0));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 2));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 8));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 6));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  // round 4
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 12));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 9));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 15));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 14));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 13));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 11));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 10));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 8));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 7));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 5));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 0));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 6));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 2));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 3));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 1));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 4));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  // round 5
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 9));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 11));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 8));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 15));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 14));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 5));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 12));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 1));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 13));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 0));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 2));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 4));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 3));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 10));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 6));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 7));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  // round 6
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 11));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 5));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 1));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 8));
  v12 = rot16(v128.xor(v12, v0));
  v13 = rot16(v128.xor(v13, v1));
  v14 = rot16(v128.xor(v14, v2));
  v15 = rot16(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot12(v128.xor(v4, v8));
  v5 = rot12(v128.xor(v5, v9));
  v6 = rot12(v128.xor(v6, v10));
  v7 = rot12(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v4), word(m, 15));
  v1 = i32x4.add(i32x4.add(v1, v5), word(m, 0));
  v2 = i32x4.add(i32x4.add(v2, v6), word(m, 9));
  v3 = i32x4.add(i32x4.add(v3, v7), word(m, 6));
  v12 = rot8(v128.xor(v12, v0));
  v13 = rot8(v128.xor(v13, v1));
  v14 = rot8(v128.xor(v14, v2));
  v15 = rot8(v128.xor(v15, v3));
  v8 = i32x4.add(v8, v12);
  v9 = i32x4.add(v9, v13);
  v10 = i32x4.add(v10, v14);
  v11 = i32x4.add(v11, v15);
  v4 = rot7(v128.xor(v4, v8));
  v5 = rot7(v128.xor(v5, v9));
  v6 = rot7(v128.xor(v6, v10));
  v7 = rot7(v128.xor(v7, v11));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 14));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 2));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 3));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 7));
  v15 = rot16(v128.xor(v15, v0));
  v12 = rot16(v128.xor(v12, v1));
  v13 = rot16(v128.xor(v13, v2));
  v14 = rot16(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot12(v128.xor(v5, v10));
  v6 = rot12(v128.xor(v6, v11));
  v7 = rot12(v128.xor(v7, v8));
  v4 = rot12(v128.xor(v4, v9));
  v0 = i32x4.add(i32x4.add(v0, v5), word(m, 10));
  v1 = i32x4.add(i32x4.add(v1, v6), word(m, 12));
  v2 = i32x4.add(i32x4.add(v2, v7), word(m, 4));
  v3 = i32x4.add(i32x4.add(v3, v4), word(m, 13));
  v15 = rot8(v128.xor(v15, v0));
  v12 = rot8(v128.xor(v12, v1));
  v13 = rot8(v128.xor(v13, v2));
  v14 = rot8(v128.xor(v14, v3));
  v10 = i32x4.add(v10, v15);
  v11 = i32x4.add(v11, v12);
  v8 = i32x4.add(v8, v13);
  v9 = i32x4.add(v9, v14);
  v5 = rot7(v128.xor(v5, v10));
  v6 = rot7(v128.xor(v6, v11));
  v7 = rot7(v128.xor(v7, v8));
  v4 = rot7(v128.xor(v4, v9));
  v128.store(cv, v128.xor(v0, v8));
  v128.store(cv, odd(v128.xor(v1, v9), masked), 16);
  v128.store(cv, v128.xor(v2, v10), 32);
  v128.store(cv, odd(v128.xor(v3, v11), masked), 48);
  v128.store(cv, v128.xor(v4, v12), 64);
  v128.store(cv, odd(v128.xor(v5, v13), masked), 80);
  v128.store(cv, v128.xor(v6, v14), 96);
  v128.store(cv, odd(v128.xor(v7, v15), masked), 112);
}

// @ts-ignore: decorator
@inline
function odd(x: v128, masked: bool): v128 {
  return masked ? v128.and(x, i32x4.splat(0x7fff_ffff)) : x;
}

/** Eidos: the chaining value at `cv` absorbs the block at `m`. */
export function eidos4(cv: usize, m: usize): void {
  core(cv, m, i32x4.splat(IV4), i32x4.splat(IV5), i32x4.splat(IV6), i32x4.splat(IV7), true);
}

/** BLAKE3: counter (below 2^32), block length and flags are the same in all lanes. */
export function blake4(cv: usize, m: usize, counter: u32, length: u32, flags: u32): void {
  core(cv, m, i32x4.splat(counter), i32x4.splat(0), i32x4.splat(length), i32x4.splat(flags), false);
}

/** Four digests of 32 bytes at `a`, one after the other, to eight vectors at `to`. */
export function transposeIn(a: usize, to: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const r0 = v128.load(a + (half << 4));
    const r1 = v128.load(a + (half << 4), 32);
    const r2 = v128.load(a + (half << 4), 64);
    const r3 = v128.load(a + (half << 4), 96);
    put4(to + (half << 6), r0, r1, r2, r3);
  }
}

/** The reverse of `transposeIn`. */
export function transposeOut(from: usize, to: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const f = from + (half << 6);
    const a = v128.load(f);
    const b = v128.load(f, 16);
    const c = v128.load(f, 32);
    const d = v128.load(f, 48);
    const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    const t = to + (half << 4);
    v128.store(t, v128.shuffle<u64>(ab0, cd0, 0, 2));
    v128.store(t, v128.shuffle<u64>(ab0, cd0, 1, 3), 32);
    v128.store(t, v128.shuffle<u64>(ab1, cd1, 0, 2), 64);
    v128.store(t, v128.shuffle<u64>(ab1, cd1, 1, 3), 96);
  }
}

/** Rows r0..r3 of four words each, written as four columns. */
// @ts-ignore: decorator
@inline
function put4(to: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(a, b, 0, 2));
  v128.store(to, v128.shuffle<u64>(a, b, 1, 3), 16);
  v128.store(to, v128.shuffle<u64>(c, d, 0, 2), 32);
  v128.store(to, v128.shuffle<u64>(c, d, 1, 3), 48);
}
