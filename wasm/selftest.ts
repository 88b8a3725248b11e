import { add, halves, mont, montInverse, mul, sub, toMont, vadd, vmont, vmontHalves, vneg, vshift, vsub, vtoMont } from './field';

/** Entry points to the field for tests and benchmarks; no prover uses them. */
export function fieldAdd(a: u64, b: u64): u64 {
  return add(a, b);
}
export function fieldSub(a: u64, b: u64): u64 {
  return sub(a, b);
}
export function fieldMul(a: u64, b: u64): u64 {
  return mul(a, b);
}
export function fieldMont(a: u64, b: u64): u64 {
  return mont(a, b);
}
export function fieldInverse(a: u64): u64 {
  return mont(montInverse(toMont(a)), 1);
}

/** At `p`: operands a, b of two lanes each; from p + 32 the results of every vector function, 16 bytes each. */
export function fieldVectors(p: usize): void {
  const a = v128.load(p);
  const b = v128.load(p, 16);
  v128.store(p, vadd(a, b), 32);
  v128.store(p, vsub(a, b), 48);
  v128.store(p, vneg(a), 64);
  v128.store(p, vmont(a, b), 80);
  v128.store(p, vtoMont(a), 96);
  v128.store(p, vshift(a, 12), 112);
  v128.store(p, vshift(a, 24), 128);
  v128.store(p, vshift(a, 32), 144);
  v128.store(p, vshift(a, 36), 160);
  v128.store(p, vshift(a, 48), 176);
  v128.store(p, vshift(a, 60), 192);
  v128.store(p, vshift(a, 72), 208);
  v128.store(p, vshift(a, 84), 224);
}

/** n products over 512 pairs at `p`, each against the constant pair at p + 8192: throughput, not latency. */
export function benchMul(p: usize, rounds: u32): void {
  const c = halves(v128.load(p, 8192));
  for (let r: u32 = 0; r < rounds; r++) {
    for (let i: usize = 0; i < 8192; i += 16) v128.store(p + i, vmontHalves(halves(v128.load(p + i)), c));
  }
}
export function benchAdd(p: usize, rounds: u32): void {
  const c = v128.load(p, 8192);
  for (let r: u32 = 0; r < rounds; r++) {
    for (let i: usize = 0; i < 8192; i += 16) v128.store(p + i, vadd(v128.load(p + i), c));
  }
}
export function benchShift(p: usize, rounds: u32): void {
  for (let r: u32 = 0; r < rounds; r++) {
    for (let i: usize = 0; i < 8192; i += 16) v128.store(p + i, vshift(v128.load(p + i), 36));
  }
}
