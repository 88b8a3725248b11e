import { COMBINE, DEEP, EVALUATE, EVALUATE_SEGMENT } from '../../../shaders/open.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift, powerOfTwo } from '../domain.ts';
import type { Placed } from '../placed.ts';
import type { ProofShape } from '../shape.ts';
import type { Matrix } from './matrix.ts';
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
    matrix.coefficients.chunks.map(({ buffer, first, width }) => ({
      buffer,
      column: place.column + first,
      width,
      logHeight: place.logHeight,
      segments: Math.max(1, 2 ** place.logHeight / EVALUATE_SEGMENT),
    })),
  );
  const tables = new Map<number, GPUBuffer>();
  const total = jobs.reduce((sum, { width, segments }) => sum + width * segments, 0);
  const out = work.allocate(32 * total);
  let done = 0;
  for (const { buffer, width, logHeight, segments } of jobs) {
    let powers = tables.get(logHeight);
    if (!powers) {
      const [z0, z1] = points.map((z) => powerOfTwo(z, shape.logMaxHeight - logHeight));
      tables.set(logHeight, (powers = work.upload(powerTable([z0, z1], logHeight))));
    }
    await work.run({
      kernel: EVALUATE,
      buffers: { coefficients: buffer, powers, out },
      params: { logN: logHeight, logSegments: Math.log2(segments), stride: 2 ** logHeight, outAt: 2 * done },
      groups: width * segments,
      cost: 5 * Math.min(2 ** logHeight, EVALUATE_SEGMENT) + 256 * 16,
    });
    done += width * segments;
    onProgress(done / total);
  }
  const words = new BigUint64Array((await work.read(out, 0, 32 * total)).slice().buffer);
  let word = 0;
  for (const { column, width, segments } of jobs) {
    for (let g = 0; g < width * segments; g++) {
      const at = column + Math.floor(g / segments);
      for (const j of [0, 1] as const) {
        rows[j][at] = Q.add(rows[j][at], [words[word], words[word + 1]]);
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
  for (const [i, { shape: place, matrix }] of placed.entries()) {
    for (const { buffer, first, width } of matrix.coefficients.chunks) {
      await work.run({
        kernel: COMBINE,
        buffers: { coefficients: buffer, weights: weightBuffer, sum },
        params: {
          rows: matrix.height,
          columns: width,
          stride: matrix.height,
          lift: logMaxHeight - place.logHeight,
          outStride: n,
          weightAt: place.column + first,
        },
        groups: Math.ceil(matrix.height / 64),
        cost: 64 * 2.5 * width,
      });
    }
    onProgress((0.6 * (i + 1)) / placed.length);
  }
  const values = { buffer: work.allocate(16 * 2 ** logLde), base: 0, stride: 2 ** logLde };
  const combined = { buffer: sum, base: 0, stride: n };
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
  work.free(weightBuffer, sum, values.buffer);
  return leaves;
}
