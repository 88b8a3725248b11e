import { COMBINE, DEEP, EVALUATE, EVALUATE_SEGMENT } from '../../../shaders/open.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift, powerOfTwo } from '../domain.ts';
import type { Placed } from '../placed.ts';
import type { ProofShape } from '../shape.ts';
import type { Chunk } from './columns.ts';
import { type Matrix, tailRoom } from './matrix.ts';
import { extend, type Twiddles } from './ntt.ts';
import type { Work } from './work.ts';

type Points = readonly [QuadFelt, QuadFelt];
type Rows = readonly [readonly QuadFelt[], readonly QuadFelt[]];

function quadPowers(base: QuadFelt, count: number): QuadFelt[] {
  const powers = [Q.ONE];
  while (powers.length < count) powers.push(Q.mul(powers[powers.length - 1], base));
  return powers;
}

/** Powers of both points as the evaluation kernel reads them. */
function powerTable(points: Points, logHeight: number): BigUint64Array {
  const count = Math.ceil(2 ** logHeight / 256);
  const low = points.flatMap((z) => quadPowers(z, 256));
  const high = points.map((z) => quadPowers(powerOfTwo(z, 8), count));
  const pairs = Array.from({ length: 2 * count }, (_, i) => high[i % 2][i >> 1]);
  return BigUint64Array.from([...low, ...pairs].flat());
}

/** Out-of-domain rows: every column at both points, short traces lifted, zeros at the alignment's padding. */
export async function openAt(
  work: Work,
  shape: ProofShape,
  placed: readonly Placed<Matrix>[],
  points: Points,
  onProgress: (fraction: number) => void,
): Promise<[QuadFelt[], QuadFelt[]]> {
  const zeros = () => new Array<QuadFelt>(shape.columns).fill(Q.ZERO);
  const rows: [QuadFelt[], QuadFelt[]] = [zeros(), zeros()];
  const jobs = placed.flatMap(({ shape: place, matrix }) =>
    matrix.coefficients.chunks.flatMap(({ buffer, first, width }, i) => {
      const common = { column: place.column + first, width, logHeight: place.logHeight };
      const head = { ...common, buffer, log: place.logHeight, isTail: false };
      if (!matrix.tails[i]) return [head];
      return [head, { ...common, buffer: matrix.tails[i], log: Math.log2(matrix.tailLength), isTail: true }];
    }),
  );
  const segmentsOf = (log: number) => Math.max(1, 2 ** log / EVALUATE_SEGMENT);
  const tables = new Map<number, GPUBuffer>();
  const total = jobs.reduce((sum, { width, log }) => sum + width * segmentsOf(log), 0);
  const out = work.allocate(32 * total);
  let done = 0;
  for (const { buffer, width, logHeight, log } of jobs) {
    let powers = tables.get(logHeight);
    if (!powers) {
      const [z0, z1] = points.map((z) => powerOfTwo(z, shape.logMaxHeight - logHeight));
      tables.set(logHeight, (powers = work.upload(powerTable([z0, z1], logHeight))));
    }
    await work.run({
      kernel: EVALUATE,
      buffers: { coefficients: buffer, powers, out },
      params: { logN: log, logSegments: Math.log2(segmentsOf(log)), stride: 2 ** log, outAt: 2 * done },
      groups: width * segmentsOf(log),
      cost: 5 * Math.min(2 ** log, EVALUATE_SEGMENT) + 256 * 16,
    });
    done += width * segmentsOf(log);
    onProgress(done / total);
  }
  const words = new BigUint64Array((await work.read(out, 0, 32 * total)).slice().buffer);
  // A tail begins at X^(2^logHeight), X being the point lifted: at the same power for all heights.
  const tailAt = points.map((z) => powerOfTwo(z, shape.logMaxHeight));
  let word = 0;
  for (const { column, width, log, isTail } of jobs) {
    for (let g = 0; g < width * segmentsOf(log); g++) {
      const at = column + Math.floor(g / segmentsOf(log));
      for (const j of [0, 1] as const) {
        const value: QuadFelt = [words[word], words[word + 1]];
        rows[j][at] = Q.add(rows[j][at], isTail ? Q.mul(value, tailAt[j]) : value);
        word += 2;
      }
    }
  }
  work.free(out);
  work.free(...tables.values());
  return rows;
}

/**
 * The DEEP codeword as FRI leaf columns: eight columns of a quarter of its size, in a new buffer. Columns are combined as
 * polynomials: a short trace lifted is its polynomial in x^(2^lift), so all add up to one, which is extended.
 */
export async function deepCodeword(
  work: Work,
  twiddles: Twiddles,
  shape: ProofShape,
  placed: readonly Placed<Matrix>[],
  points: Points,
  rows: Rows,
  [columnChallenge, pointChallenge]: readonly [QuadFelt, QuadFelt],
  onProgress: (fraction: number) => void,
): Promise<GPUBuffer> {
  const { logMaxHeight, logLde } = shape;
  const n = 2 ** logMaxHeight;
  const weights = quadPowers(columnChallenge, shape.columns).reverse();
  const weightBuffer = work.upload(BigUint64Array.from(weights.flat()));
  const sum = work.allocate(16 * n);
  const tailLength = tailRoom(shape.degreeBound - n);
  const tail = tailLength > 0 ? { buffer: work.allocate(16 * tailLength), length: tailLength } : undefined;
  for (const [i, { shape: place, matrix }] of placed.entries()) {
    const lift = logMaxHeight - place.logHeight;
    const add = (coefficients: GPUBuffer, rows: number, to: GPUBuffer, outStride: number, chunk: Chunk) =>
      work.run({
        kernel: COMBINE,
        buffers: { coefficients, weights: weightBuffer, sum: to },
        params: {
          rows,
          columns: chunk.width,
          stride: rows,
          lift,
          outStride,
          weightAt: place.column + chunk.first,
        },
        groups: Math.ceil(rows / 64),
        cost: 64 * 2.5 * chunk.width,
      });
    for (const [c, chunk] of matrix.coefficients.chunks.entries()) {
      await add(chunk.buffer, matrix.height, sum, n, chunk);
      if (tail && matrix.tails[c]) {
        await add(matrix.tails[c], matrix.tailLength, tail.buffer, tail.length, chunk);
      }
    }
    onProgress((0.6 * (i + 1)) / placed.length);
  }
  const values = { buffer: work.allocate(16 * 2 ** logLde), base: 0, stride: 2 ** logLde };
  const combined = { buffer: sum, base: 0, stride: n, tail };
  for (let block = 0; block < 2 ** (logLde - logMaxHeight); block++) {
    const to = { ...values, base: block * n };
    await extend(work, twiddles, combined, to, 2, logMaxHeight, { domain: 'coset', block });
  }
  onProgress(0.8);
  const opened = rows.map((row) =>
    row.reduce<QuadFelt>((total, v, i) => Q.add(total, Q.mul(v, weights[i])), Q.ZERO),
  );
  const leaves = work.allocate(16 * 2 ** logLde);
  await work.run({
    kernel: DEEP,
    buffers: { values: values.buffer, roots: twiddles.roots, out: leaves },
    params: {
      logN: logLde,
      shift: ldeShift(logLde),
      z0: points[0],
      z1: points[1],
      opened0: opened[0],
      opened1: opened[1],
      challenge: pointChallenge,
    },
    groups: Math.ceil(2 ** logLde / 4 / 64),
    cost: 64 * 250,
  });
  work.free(weightBuffer, sum, values.buffer, ...(tail ? [tail.buffer] : []));
  return leaves;
}
