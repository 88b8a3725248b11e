import { parseArgs } from 'node:util';
import { BENCH_PROGRAMS } from '../cli/bench-programs.ts';
import { KilnError } from '../core/errors.ts';
import type { ProfileName, ProofHash } from '../core/stark/profile.ts';
import { calibrate } from '../core/stark/webgpu/calibrate.ts';
import type { Gpu } from '../core/stark/webgpu/device.ts';
import { extend, makeTwiddles } from '../core/stark/webgpu/ntt.ts';
import { type Job, Work } from '../core/stark/webgpu/work.ts';
import { openNodeGpu } from '../main/platform/node-webgpu.ts';
import { COPY, INTEGER_CHAIN, INTEGER_OPERATIONS, PRODUCTS } from '../shaders/bench.ts';
import { HASH_KERNELS } from '../shaders/hash.ts';
import type { Limits } from './gpu/limits.ts';
import { type Measured, ratios, timeProofs } from './gpu/proofs.ts';

const USAGE = `Usage: npm run bench:gpu -- [PROGRAM:LOG ...] [options]

Times the GPU's kernels and proves programs on it. Shares are of what the adapter's own integer arithmetic and memory,
measured first, would allow (docs/performance.md). Needs Node, the "webgpu" package and a Vulkan, Metal or Direct3D
driver. PROGRAM is ${Object.keys(BENCH_PROGRAMS).join(' or ')}, LOG the logarithm of the Core trace's height.

  --hash NAME      eidos or blake3 (eidos if not given)
  --profile NAME   private, miden, or both: at the heights that private gives, with what hiding costs (miden if not given)
  --runs N         measured proofs per program, after a first one that is shown apart (3 if not given)
  --kernels        time kernels only
  --software       time proofs on a software adapter too, where compiling alone takes minutes
  --json           print what was measured as JSON instead`;
const PROFILE_SETS: Readonly<Record<string, readonly ProfileName[]>> = {
  private: ['private'],
  miden: ['miden'],
  both: ['private', 'miden'],
};
const CASES = ['fibonacci:16', 'hashing:16'];

/** Long enough to time, short enough for a slow device. */
const TIMED_MS = 60;
const LOG_COLUMN = 16;
const NTT_COLUMNS = 32;

/** 32-bit operations of one field product, one butterfly and one compression. */
const COST = { product: 75, butterfly: 68, compression: 1000 } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hash: { type: 'string', default: 'eidos' },
    profile: { type: 'string', default: 'miden' },
    runs: { type: 'string', default: '3' },
    kernels: { type: 'boolean', default: false },
    software: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const hash = values.hash as ProofHash;
const runs = Number(values.runs);
const profiles = PROFILE_SETS[values.profile];
if (!profiles) throw new RangeError('--profile: private, miden or both');
if (!['eidos', 'blake3'].includes(hash)) throw new RangeError('--hash: eidos or blake3');
if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs: not a count');

/** Work of each second of `encode(scale)`, whose work grows with the scale until it can be timed. */
async function rate(work: Work, encode: (scale: number) => Promise<number>): Promise<number> {
  // The first run compiles.
  await encode(1);
  await work.finish();
  for (let scale = 1; ; scale *= 2) {
    const start = performance.now();
    const done = await encode(scale);
    await work.finish();
    const ms = performance.now() - start;
    if (ms >= TIMED_MS || scale >= 2 ** 16) return (1000 * done) / ms;
  }
}

async function timeKernels(gpu: Gpu): Promise<{ limits: Limits; rows: Record<string, Row> }> {
  const work = new Work(gpu, await calibrate(gpu));
  /** The same job again and again; each adds `done`. */
  const repeat = (job: Job, done: number) =>
    rate(work, async (scale) => {
      for (let i = 0; i < scale; i++) await work.run(job);
      return scale * done;
    });
  const threads = 2 ** 14;
  const chain = (kernel: Job['kernel'], rounds: number, perRound: number) =>
    repeat(
      {
        kernel,
        buffers: { out },
        params: { rounds },
        groups: threads / 64,
        cost: (64 * rounds * perRound) / 75,
      },
      threads * rounds * perRound,
    );
  const out = work.allocate(8 * 1024);
  const integers = await chain(INTEGER_CHAIN, 256, INTEGER_OPERATIONS);
  const copied = 2 ** 26;
  const buffers = { source: work.allocate(copied), out: work.allocate(copied) };
  const memory = await repeat(
    { kernel: COPY, buffers, params: {}, groups: copied / 16 / 64, cost: 64 },
    2 * copied,
  );
  const limits = { integers, memory };
  const bound = (operations: number, bytes: number) =>
    Math.min(integers / operations, bytes > 0 ? memory / bytes : Number.POSITIVE_INFINITY);
  const row = (perSecond: number, limit: number): Row => ({ perSecond, share: perSecond / limit });

  const products = await chain(PRODUCTS, 64, 4);
  const hashes = async (name: ProofHash): Promise<number> => {
    const buffers = { job: work.upload(new Uint32Array(24)), found: work.allocate(4) };
    const params = { nonceLow: 0, nonceHigh: 0, words: 8, mask: 0xffff_ffff };
    return repeat(
      { kernel: HASH_KERNELS[name].grind, buffers, params, groups: threads / 64, cost: 64 * 20 },
      threads,
    );
  };
  const twiddles = await makeTwiddles(work, LOG_COLUMN + 3, 3);
  const n = 2 ** LOG_COLUMN;
  const place = () => ({ buffer: work.allocate(8 * n * NTT_COLUMNS), base: 0, stride: n });
  const [from, to] = [place(), place()];
  const butterflies = await rate(work, async (scale) => {
    for (let i = 0; i < scale; i++) {
      await extend(work, twiddles, from, to, NTT_COLUMNS, LOG_COLUMN, { domain: 'coset', block: i % 8 });
    }
    return (scale * NTT_COLUMNS * n * LOG_COLUMN) / 2;
  });
  const rows = {
    'field products': row(products, bound(COST.product, 0)),
    'Eidos compressions': row(await hashes('eidos'), bound(COST.compression, 0)),
    'BLAKE3 compressions': row(await hashes('blake3'), bound(COST.compression, 0)),
    // Two passes read and write 8 bytes of every element.
    'NTT butterflies': row(butterflies, bound(COST.butterfly, 64 / LOG_COLUMN)),
  };
  work.close();
  return { limits, rows };
}

interface Row {
  readonly perSecond: number;
  readonly share: number;
}

const percent = (share: number | undefined): string =>
  share === undefined ? '' : `${(100 * share).toFixed(1)} %`;
const giga = (perSecond: number): string => `${(perSecond / 1e9).toFixed(3)} G/s`;

try {
  const gpu = await openNodeGpu({ hardwareOnly: false });
  const { limits, rows } = await timeKernels(gpu);
  const cases = positionals.length > 0 ? positionals : CASES;
  const isSkipped = gpu.isSoftware && !values.software;
  if (isSkipped)
    console.error(`There is no GPU here, only ${gpu.description}: its kernels are timed, but no proofs.`);
  const proofs: readonly Measured[] =
    values.kernels || isSkipped ? [] : await timeProofs(gpu, limits, { cases, profiles, hash, runs });
  if (values.json) {
    console.log(
      JSON.stringify(
        { adapter: gpu.description, form: gpu.mulForm, limits, rows, proofs, ratios: ratios(proofs) },
        null,
        2,
      ),
    );
  } else {
    console.log(`${gpu.description}; products: ${gpu.mulForm}`);
    console.log(`integer operations ${giga(limits.integers)}, memory ${giga(limits.memory)} bytes`);
    console.table(
      Object.fromEntries(
        Object.entries(rows).map(([name, { perSecond, share }]) => [
          name,
          { rate: giga(perSecond), 'of the limit': percent(share) },
        ]),
      ),
    );
    for (const { program, profile, first, median, phases } of proofs) {
      console.log(`${program}, ${profile}, ${hash}: ${median.toFixed(0)} ms (first ${first.toFixed(0)} ms)`);
      console.table(
        Object.fromEntries(
          Object.entries(phases).map(([phase, { ms, share }]) => [
            phase,
            { ms, 'of the limit': percent(share) },
          ]),
        ),
      );
    }
    if (profiles.length > 1 && proofs.length > 0) {
      console.log('private / miden = ratio, at equal heights:');
      console.table(ratios(proofs));
    }
  }
  gpu.close();
  process.exit();
} catch (error) {
  if (!(error instanceof KilnError)) throw error;
  console.error(`${error.message} ${error.details}`);
  process.exit(1);
}
