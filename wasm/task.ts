/**
 * How the pool calls kernels. A kernel is `(job, p)`: number of the job, and the address of its parameters, u32 words
 * (a u64 takes two, low half first). Every thread has its own instance and gives it SCRATCH_BYTES of its own.
 */
export let scratch: usize = 0;

export function setScratch(address: usize): void {
  scratch = address;
}

/** Word i of the parameters. */
// @ts-ignore: decorator
@inline
export function param(p: usize, i: u32): u32 {
  return load<u32>(p + (<usize>i << 2));
}

/** Words i and i + 1 of the parameters. */
// @ts-ignore: decorator
@inline
export function param64(p: usize, i: u32): u64 {
  return load<u64>(p + (<usize>i << 2));
}
