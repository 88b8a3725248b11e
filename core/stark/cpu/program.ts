import { Kind } from '../../air/expr.ts';
import { lowerConstraints, lowerLookups } from '../../air/lower/lower.ts';
import { encodeProgram } from '../../air/tile/encode.ts';
import {
  type Binding,
  bindConstants,
  type Cell,
  REGISTER_BYTES,
  TILE_ROWS,
  type TileProgram,
} from '../../air/tile/program.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { reverseBits } from '../order.ts';
import type { Pool, Task } from './pool.ts';

/** Limits of the kernels' scratch (wasm/constraints.ts). */
const MAX_REGISTERS = 256;
const MAX_ACCUMULATORS = 40;
const MAX_GATHERED = 320;
const MAX_OUTPUTS = 128;
const TILES_PER_JOB = 16;
const CELL_WORDS = 3;
/** How the kernels name the origin of a cell. */
const Source = { Current: 0, Next: 1, First: 2, Last: 3, Transition: 4, Periodic: 5 } as const;

interface Lowered {
  readonly constraints: TileProgram;
  readonly lookups: TileProgram;
}
const lowered = new WeakMap<Air, Lowered>();

/** Both programs of an AIR, lowered once. */
export function programsOf(air: Air): Lowered {
  let known = lowered.get(air);
  if (!known) {
    known = {
      constraints: encodeProgram(air.graph, lowerConstraints(air)),
      lookups: encodeProgram(air.graph, lowerLookups(air)),
    };
    for (const { registers, cells, outputs, accumulators } of [known.constraints, known.lookups]) {
      if (
        registers > MAX_REGISTERS ||
        accumulators > MAX_ACCUMULATORS ||
        cells.length > MAX_GATHERED ||
        outputs > MAX_OUTPUTS
      ) {
        throw new RangeError(
          `${air.name} needs ${registers} registers, ${accumulators} accumulators, ${cells.length} cells`,
        );
      }
    }
    lowered.set(air, known);
  }
  return known;
}

/** Where a program's cells lie: first column and bytes between columns; next rows and coset order are the kernel's. */
export interface CellMatrices {
  readonly main: Columns;
  readonly aux?: Columns;
  readonly preprocessed?: Columns;
  /** Tables of plain values by periodic column. */
  readonly periodic: readonly { readonly address: number; readonly logLength: number }[];
}
export interface Columns {
  readonly address: number;
  readonly stride: number;
  /** The first column of next rows, where these are values of their own and not the same ones a row on. */
  readonly next?: number;
}

/** A program in kernel memory, its constants bound for one proof. */
export class LoadedProgram {
  readonly program: TileProgram;
  readonly #pool: Pool;
  readonly #code: number;
  readonly #constants: number;

  constructor(pool: Pool, program: TileProgram, binding: Binding, fold: readonly QuadFelt[] = []) {
    this.#pool = pool;
    this.program = program;
    this.#code = pool.allocate(program.code.byteLength);
    pool.words32(this.#code, program.code.length).set(program.code);
    const constants = bindConstants(program, binding, fold);
    this.#constants = pool.allocate(constants.length);
    pool.bytes(this.#constants, constants.length).set(constants);
  }

  /** Parameters every program kernel starts with: code, its words, constants, cell table, cells. */
  params(matrices: CellMatrices): number[] {
    const { code, cells } = this.program;
    const table = this.#pool.allocate(4 * CELL_WORDS * cells.length);
    this.#pool.words32(table, CELL_WORDS * cells.length).set(cells.flatMap((cell) => source(cell, matrices)));
    return [this.#code, code.length, this.#constants, table, cells.length];
  }
}

function source({ kind, column, next }: Cell, matrices: CellMatrices): [number, number, number] {
  const from = (columns: Columns | undefined): [number, number, number] => {
    if (!columns) throw new RangeError('a program reads a matrix that is not there');
    const apart = next ? columns.next : undefined;
    const kind = next && apart === undefined ? Source.Next : Source.Current;
    return [kind, (apart ?? columns.address) + columns.stride * column, 0];
  };
  switch (kind) {
    case Kind.Main:
      return from(matrices.main);
    case Kind.Aux:
      return from(matrices.aux);
    case Kind.Preprocessed:
      return from(matrices.preprocessed);
    case Kind.Periodic:
      return [Source.Periodic, matrices.periodic[column].address, matrices.periodic[column].logLength];
    case Kind.IsFirst:
      return [Source.First, 0, 0];
    case Kind.IsLast:
      return [Source.Last, 0, 0];
    default:
      return [Source.Transition, 0, 0];
  }
}

/** Writes the powers w^(rev5 x) of the 32nd root of unity that a tile's points differ by; Montgomery form. */
export function writeTilePowers(pool: Pool): number {
  const address = pool.allocate(REGISTER_BYTES);
  const words = pool.words(address, TILE_ROWS);
  for (let x = 0; x < TILE_ROWS; x++) {
    words[x] = (F.pow(F.rootOfUnity(5), BigInt(reverseBits(x, 5))) << 64n) % F.MODULUS;
  }
  return address;
}

/** Points shift * w^j, w of order 2^log, where constraints on traces of 2^logHeight rows are evaluated. */
export interface CosetPoints {
  readonly logHeight: number;
  readonly log: number;
  readonly shift: F.Felt;
}

/** Evaluates, folds and divides the constraints on a coset; results go to two columns. */
export function constraintTask(
  program: LoadedProgram,
  matrices: CellMatrices,
  { logHeight, log, shift }: CosetPoints,
  tilePowers: number,
  out: Columns,
): Task {
  const vanishing = F.sub(F.pow(shift, 1n << BigInt(logHeight)), 1n);
  return {
    kernel: 'constraintTiles',
    params: [
      ...program.params(matrices),
      log,
      shift,
      F.rootOfUnity(log),
      vanishing,
      F.inv(vanishing),
      ...[out.address, out.address + out.stride],
      tilePowers,
      F.inv(F.rootOfUnity(logHeight)),
    ],
    jobs: Math.ceil(2 ** log / (TILE_ROWS * TILES_PER_JOB)),
  };
}
