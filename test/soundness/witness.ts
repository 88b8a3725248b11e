import { lookupCorrection } from '../../core/air/balance.ts';
import { Bus } from '../../core/air/lookup.ts';
import { midenAirs } from '../../core/air/miden.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import * as Q from '../../core/field/quad.ts';
import { initWord, wordToLanes } from '../../core/hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { buildTraces, type ExecutionInputs, execute } from '../../core/vm/execute.ts';
import type { Program } from '../../core/vm/mast/types.ts';
import { byteTableTrace } from '../../core/vm/trace/byte-table.ts';
import { EIDOS_WIDTH } from '../../core/vm/trace/eidos-layout.ts';
import { EidosRequests } from '../../core/vm/trace/eidos-requests.ts';
import { fillEidosTrace } from '../../core/vm/trace/eidos-trace.ts';
import { AND8_HEIGHT, AND8_WIDTH, CHIPLETS, CONTROLLER } from '../../core/vm/trace/layout.ts';
import type { ByteCounts, EidosBlocks, TraceMatrix } from '../../core/vm/trace/types.ts';
import { brokenAt } from '../forge/forgery.ts';
import { Cells, CoreCells } from './cells.ts';
import { type BusPrefixes, CHALLENGES, PREFIXES, shifted, sumOfFractions, talksTo } from './fractions.ts';

/** What a proof says to the world: public values, and what the buses take from the statement. */
export interface Claim {
  stackInputs: readonly bigint[];
  stackOutputs: readonly bigint[];
  programHash: Word;
  kernel: readonly Word[];
  deferredRoot: Word;
}

const BUSES = Object.entries(Bus);
const AND8 = 3;

/**
 * All that a prover commits to and claims, open to every lie: the four traces, and the statement they are to prove. A
 * forged one is made from an honest one; {@link refusals} then tells what in the AIRs stands against it.
 */
export class Witness {
  readonly core: CoreCells;
  readonly chiplets: Cells;
  /** What fills the Eidos trace; {@link rehash} makes it fit the controller's rows. */
  eidosBlocks: EidosBlocks;
  /** Requests of Core and Chiplets to the byte table. */
  readonly byteCounts: ByteCounts;
  /** Edits to the Eidos trace itself, after it was filled, and to what it asks of the byte table. */
  eidosLie: (trace: Cells, counts: ByteCounts) => void = () => {};
  readonly claim: Claim;
  readonly #honest: Witness | undefined;

  private constructor(
    core: TraceMatrix,
    chiplets: TraceMatrix,
    eidosBlocks: EidosBlocks,
    byteCounts: ByteCounts,
    claim: Claim,
    honest?: Witness,
  ) {
    this.core = new CoreCells(core);
    this.chiplets = new Cells(chiplets);
    this.eidosBlocks = eidosBlocks;
    this.byteCounts = byteCounts.slice();
    this.claim = { ...claim };
    this.#honest = honest;
  }

  /** Runs a program. */
  static of(program: Program, inputs: ExecutionInputs = {}): Witness {
    const execution = execute(program, inputs);
    const { core, chiplets, eidos, byteCounts } = buildTraces(execution);
    const stackInputs = [...execution.stackInputs, ...Array<bigint>(16).fill(0n)].slice(0, 16);
    return new Witness(core, chiplets, eidos, byteCounts, {
      stackInputs,
      stackOutputs: execution.stack,
      programHash: program.forest.nodes[program.entry].digest,
      kernel: program.kernel,
      deferredRoot: execution.deferredRoot,
    });
  }

  /** A copy to lie in. */
  forge(): Witness {
    const { core, chiplets, eidosBlocks, byteCounts, claim } = this;
    return new Witness(core.matrix, chiplets.matrix, eidosBlocks, byteCounts, claim, this.#honest ?? this);
  }

  /** Lets the Eidos trace compute what the controller's rows ask for now, correctly. */
  rehash(): void {
    const requests = new EidosRequests();
    const [block, cv] = [new Uint32Array(16), new Uint32Array(8)];
    for (let row = 0; row < this.chiplets.height; row++) {
      const isController = this.chiplets.at(row, CHIPLETS.sCtrl) === 1n;
      const isMerkle = this.chiplets.at(row, CHIPLETS.mode) === 1n;
      const isPadding = isMerkle && this.chiplets.at(row, CONTROLLER.s0) === 0n;
      if (!isController || isPadding) continue;
      const [a, b, c, d, e, f, g, h] = this.chiplets.range(row, CONTROLLER.block, 8);
      wordToLanes([a, b, c, d], block, 0);
      wordToLanes([e, f, g, h], block, 8);
      const [i, j, k, l] = this.chiplets.range(row, CONTROLLER.cvIn, 4);
      wordToLanes(isMerkle ? initWord(0) : [i, j, k, l], cv, 0);
      requests.add(block, 0, cv, 0, 0);
    }
    this.eidosBlocks = requests.finish();
  }

  /**
   * What refuses the witness, in order: names of constraints that do not vanish on some row, then `bus <name>` for each
   * bus out of balance. Empty: a proof of it would be accepted.
   */
  refusals(): string[] {
    const traces = this.#traces();
    const claims = [[...this.claim.stackInputs, ...this.claim.stackOutputs], [], [], []];
    const constraints = midenAirs().flatMap((air, i) =>
      brokenAt({ air, claim: () => [] }, traces[i], Array(traces[i].height).keys(), claims[i]),
    );
    return [...constraints, ...this.#unbalanced(traces).map((name) => `bus ${name}`)];
  }

  #traces(): readonly TraceMatrix[] {
    const { height, count } = this.eidosBlocks;
    const counts = this.byteCounts.slice();
    const data = new BigUint64Array(EIDOS_WIDTH * height);
    fillEidosTrace(this.eidosBlocks, data, counts);
    const eidos = new Cells({ width: EIDOS_WIDTH, height, rows: 32 * count, data });
    this.eidosLie(eidos, counts);
    return [this.core.matrix, this.chiplets.matrix, eidos.matrix, byteTableTrace(counts)];
  }

  #unbalanced(traces: readonly TraceMatrix[]): string[] {
    const airs = midenAirs();
    if (this.#honest === undefined) {
      const sums = airs.map((air, i) => sumOfFractions(air, traces[i], askedFor(traces[i], i === AND8)));
      return Q.isZero(sums.reduce(Q.add, this.#statement(PREFIXES))) ? [] : ['of any name'];
    }
    // What the forged traces share with the honest ones adds up to the same, and those are known to balance.
    const honest = this.#honest;
    const honestTraces = honest.#traces();
    const rows = traces.map((trace, i) => differingRows(trace, honestTraces[i]));
    const gain = (i: number, prefixes: BusPrefixes): QuadFelt =>
      Q.sub(
        sumOfFractions(airs[i], traces[i], rows[i].mine, prefixes),
        sumOfFractions(airs[i], honestTraces[i], rows[i].theirs, prefixes),
      );
    const gains = airs.map((_, i) => gain(i, PREFIXES));
    const total = (parts: readonly QuadFelt[], prefixes: BusPrefixes): QuadFelt =>
      parts.reduce(Q.add, Q.sub(this.#statement(prefixes), honest.#statement(prefixes)));
    const unshifted = total(gains, PREFIXES);
    if (Q.isZero(unshifted)) return [];
    const isUnbalanced = (buses: readonly number[]): boolean => {
      const prefixes = shifted(buses);
      const parts = airs.map((air, i) => (talksTo(air, buses) ? gain(i, prefixes) : gains[i]));
      return !Q.equal(total(parts, prefixes), unshifted);
    };
    /** Few are, so halves are asked about before single ones. */
    const among = (buses: typeof BUSES): string[] => {
      if (!isUnbalanced(buses.map(([, bus]) => bus))) return [];
      if (buses.length === 1) return [buses[0][0]];
      const half = buses.length >> 1;
      return [...among(buses.slice(0, half)), ...among(buses.slice(half))];
    };
    return among(BUSES);
  }

  /** The messages that come from the statement, as `lookupCorrection` has them. */
  #statement(prefixes: BusPrefixes): QuadFelt {
    const fraction = (bus: Bus, word: Word): QuadFelt =>
      Q.inv(
        word.reduce<QuadFelt>(
          (sum, element, i) => Q.add(sum, Q.mulBase(CHALLENGES.betaPower(i), element)),
          prefixes(bus),
        ),
      );
    const { programHash, deferredRoot, kernel } = this.claim;
    const sum = kernel.reduce(
      (total, digest) => Q.add(total, fraction(Bus.KernelRomInit, digest)),
      Q.sub(
        Q.add(fraction(Bus.BlockHash, programHash), fraction(Bus.LogDeferred, EMPTY_WORD)),
        fraction(Bus.LogDeferred, deferredRoot),
      ),
    );
    if (prefixes === PREFIXES) {
      const { alpha } = CHALLENGES;
      const expected = lookupCorrection(this.claim, alpha, CHALLENGES.betaPower(1));
      if (!Q.equal(sum, expected)) throw new Error('the statement has other messages');
    }
    return sum;
  }
}

/** All rows, or those of the byte table that anybody asks for: the others add nothing. */
function askedFor({ height, data }: TraceMatrix, onlyCounted: boolean): number[] {
  const rows = Array.from({ length: height }, (_, row) => row);
  if (!onlyCounted) return rows;
  const columns = Array.from({ length: AND8_WIDTH }, (_, column) => column);
  return rows.filter((row) => columns.some((column) => data[column * AND8_HEIGHT + row] !== 0n));
}

/** Rows whose window (the row and its successor) is not the same in both traces. */
function differingRows(mine: TraceMatrix, theirs: TraceMatrix): { mine: number[]; theirs: number[] } {
  const all = ({ height }: TraceMatrix): number[] => Array.from({ length: height }, (_, row) => row);
  if (mine.height !== theirs.height) return { mine: all(mine), theirs: all(theirs) };
  const { height, width } = mine;
  const changed = new Set<number>();
  for (let i = 0; i < width * height; i++) {
    if (mine.data[i] === theirs.data[i]) continue;
    const row = i % height;
    changed.add(row).add((row + height - 1) % height);
  }
  return { mine: [...changed], theirs: [...changed] };
}
