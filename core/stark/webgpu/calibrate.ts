import { MUL_FORMS, type MulForm } from '../../../shaders/field.ts';
import { MUL_CHAIN, SELF_TEST, SELF_TEST_RESULTS } from '../../../shaders/selftest.ts';
import * as F from '../../field/felt.ts';
import * as Q from '../../field/quad.ts';
import type { Gpu } from './device.ts';
import { unavailable } from './errors.ts';
import { Pace, Work } from './work.ts';

const EDGES = [0n, 1n, 0xffff_ffffn, 1n << 32n, (1n << 32n) + 1n, 1n << 63n, F.MODULUS - 2n, F.MODULUS - 1n];
/** Until a device has been timed, what the slowest one does: field products per millisecond. */
const FIRST_RATE = 20_000;
const CHAIN_ROUNDS = 1024;
/** Long enough to time, short enough for a slow device. */
const TIMED_MS = 8;
const MAX_THREADS = 2 ** 22;

/** Operands that provoke every carry, and a few thousand that vary. */
function operands(): F.Felt[] {
  const values = EDGES.flatMap((a) => EDGES.flatMap((b) => [a, b]));
  let x = 3n;
  for (let i = 0; i < 2048; i++) values.push((x = F.mul(F.add(x, 1n), 0x9e37_79b9_7f4a_7c15n)));
  return values;
}

/**
 * Checks the field arithmetic of a new device and times it, with every form of the product; keeps the fastest. Throws
 * `backend-unavailable` when a driver computes wrong values. Returns the device's pace.
 */
export async function calibrate(gpu: Gpu): Promise<Pace> {
  const rates: { form: MulForm; perMs: number }[] = [];
  for (const form of MUL_FORMS) {
    gpu.mulForm = form;
    const work = new Work(gpu, new Pace(FIRST_RATE));
    try {
      await checkField(work, form);
      rates.push({ form, perMs: await timeProducts(work) });
    } finally {
      work.close();
    }
  }
  const best = rates.reduce((a, b) => (b.perMs > a.perMs ? b : a));
  gpu.mulForm = best.form;
  return new Pace(best.perMs);
}

async function checkField(work: Work, form: MulForm): Promise<void> {
  const values = operands();
  const pairs = values.length / 2;
  const out = work.allocate(8 * SELF_TEST_RESULTS * pairs);
  await work.run({
    kernel: SELF_TEST,
    buffers: { operands: work.upload(BigUint64Array.from(values)), out },
    params: { pairs },
    groups: Math.ceil(pairs / 64),
    cost: 64 * 80,
  });
  const results = new BigUint64Array((await work.read(out, 0, 8 * SELF_TEST_RESULTS * pairs)).slice().buffer);
  for (let i = 0; i < pairs; i++) {
    const [a, b] = [values[2 * i], values[2 * i + 1]];
    const expected = [
      F.add(a, b),
      F.sub(a, b),
      F.mul(a, b),
      a === 0n ? 0n : F.inv(a),
      F.mul(a, 512n),
      ...Q.mul([a, b], [b, a]),
    ];
    const wrong = expected.findIndex((x, k) => results[SELF_TEST_RESULTS * i + k] !== x);
    if (wrong >= 0) {
      throw unavailable(
        'The GPU computes wrong values.',
        `operation ${wrong} of ${a} and ${b}, ${form} products: ${results[SELF_TEST_RESULTS * i + wrong]}`,
      );
    }
  }
}

/** Products per millisecond, in chains long enough to hide the launch. */
async function timeProducts(work: Work): Promise<number> {
  const out = work.allocate(8 * 1024);
  const chain = async (threads: number) => {
    const start = performance.now();
    await work.run({
      kernel: MUL_CHAIN,
      buffers: { out },
      params: { rounds: CHAIN_ROUNDS },
      groups: threads / 64,
      cost: 1,
    });
    await work.finish();
    return performance.now() - start;
  };
  // The first run compiles.
  await chain(1024);
  for (let threads = 4096; ; threads *= 4) {
    const ms = await chain(threads);
    if (ms >= TIMED_MS || threads >= MAX_THREADS) return (threads * CHAIN_ROUNDS) / ms;
  }
}
