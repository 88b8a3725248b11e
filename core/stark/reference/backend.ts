import { buildAuxTrace } from '../../air/aux-trace.ts';
import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { smallestNonce } from '../../hash/grind.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type {
  Backend,
  Digest,
  GrindJob,
  Phase,
  ProvingSession,
  SessionOptions,
  TreeOpening,
} from '../backend.ts';
import { ldeShift } from '../domain.ts';
import { type LeafHasher, leafHasher } from '../lmcs/hasher.ts';
import { type Columns, LiftedTree } from '../lmcs/tree.ts';
import { treeIndices } from '../order.ts';
import { type Placed, placed } from '../placed.ts';
import type { Profile } from '../profile.ts';
import { alignedWidth, type ProofShape, proofShape } from '../shape.ts';
import { deepCodeword, openAt } from './deep.ts';
import { type Extended, extend, extendCoefficients } from './extension.ts';
import { finalPolynomial, foldRows, friRows } from './fri.ts';
import { Pacer } from './pacer.ts';
import { accumulate, airQuotient, type QuadColumn, splitQuotient, upsample } from './quotient.ts';
import { mainTraces } from './traces.ts';

/** A committed tree with the matrices in its leaves. */
interface Committed {
  readonly tree: LiftedTree;
  readonly matrices: readonly Extended[];
}

/** A tree over a single fixed matrix is kept, per hash and rate, for as long as the matrix lives. */
const fixedColumns = new WeakMap<TraceMatrix, Map<string, Committed>>();

/**
 * The whole prover in plain TypeScript over `BigUint64Array`s: for tests, and as what the other backends must equal.
 * Everything stays in memory at full size; a proof with traces of 2^16 rows takes tens of seconds.
 */
export class ReferenceBackend implements Backend {
  readonly name = 'reference';
  readonly description = 'TypeScript, one thread';

  async open(options: SessionOptions): Promise<ProvingSession> {
    return new ReferenceSession(options);
  }

  async close(): Promise<void> {}
}

class ReferenceSession implements ProvingSession {
  readonly #options: SessionOptions;
  readonly #profile: Profile;
  readonly #shape: ProofShape;
  readonly #hasher: LeafHasher;
  readonly #pacer: Pacer;
  #traces: TraceMatrix[] = [];
  #preprocessed: Committed | undefined;
  #main!: Committed;
  #aux!: Committed;
  #quotient!: Committed;
  #challenges: [QuadFelt, QuadFelt] = [Q.ZERO, Q.ZERO];
  #sigmas: QuadFelt[] = [];
  #points: QuadFelt[] = [];
  #opened: QuadFelt[][] = [];
  #codeword: QuadColumn = [new BigUint64Array(), new BigUint64Array()];
  #rounds: { readonly rows: Columns; readonly tree: LiftedTree }[] = [];
  #peak = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#profile = options.profile;
    this.#shape = proofShape(
      options.instances.map((i) => i.air),
      options.instances.map((i) => i.logHeight),
      options.profile,
    );
    this.#hasher = leafHasher(options.profile.hash);
    this.#pacer = new Pacer(options.signal, options.onProgress);
  }

  async commitMain(): Promise<{ preprocessed?: Digest; main: Digest }> {
    const { instances } = this.#options;
    this.#traces = mainTraces(instances);
    this.#pacer.done('trace');
    const fixed = this.#order().flatMap((i) => instances[i].preprocessed ?? []);
    if (fixed.length > 0) this.#preprocessed = await this.#commitFixed(fixed);
    this.#main = await this.#commit(
      'commit-main',
      this.#order().map((i) => ({ ...this.#traces[i], logHeight: instances[i].logHeight })),
    );
    const main = this.#main.tree.root();
    return this.#preprocessed ? { preprocessed: this.#preprocessed.tree.root(), main } : { main };
  }

  async commitAux(alpha: QuadFelt, beta: QuadFelt): Promise<{ root: Digest; sigmas: readonly QuadFelt[] }> {
    this.#challenges = [alpha, beta];
    const columns: BigUint64Array[] = [];
    for (const [i, { air, publicValues, preprocessed }] of this.#options.instances.entries()) {
      const aux = buildAuxTrace(air, {
        main: this.#traces[i],
        challenges: this.#challenges,
        publicValues,
        ...(preprocessed && { preprocessed }),
      });
      await this.#pacer.tick('lookup', i / this.#options.instances.length);
      columns.push(aux.matrix.data);
      this.#sigmas.push(aux.sigma);
    }
    this.#pacer.done('lookup');
    this.#aux = await this.#commit(
      'commit-aux',
      this.#order().map((i) => ({
        data: columns[i],
        width: 2 * this.#options.instances[i].air.auxWidth,
        logHeight: this.#options.instances[i].logHeight,
      })),
    );
    return { root: this.#aux.tree.root(), sigmas: this.#sigmas };
  }

  async commitQuotient(alpha: QuadFelt, beta: QuadFelt): Promise<Digest> {
    const { logMaxHeight, logQuotientParts, logParts, logLde } = this.#shape;
    const { logBlowup } = this.#profile;
    let sum: QuadColumn | undefined;
    let fixed = 0;
    for (const [position, i] of this.#order().entries()) {
      const { air, logHeight, publicValues, preprocessed } = this.#options.instances[i];
      const own = logQuotientParts[i];
      const values = await airQuotient(
        {
          air,
          logHeight,
          logBlowup,
          logParts: own,
          main: this.#main.matrices[position].lde,
          aux: this.#aux.matrices[position].lde,
          preprocessed: preprocessed && this.#preprocessed?.matrices[fixed++].lde,
          constants: { public: publicValues, auxValues: [this.#sigmas[i]], challenges: this.#challenges },
        },
        alpha,
        this.#pacer,
      );
      const lifted = await upsample(values, logHeight + own, logParts - own, this.#pacer);
      sum = accumulate(sum, lifted, beta);
    }
    this.#pacer.done('constraints');
    const coefficients = splitQuotient(sum!, logMaxHeight, logParts);
    const width = 2 << logParts;
    const lde = await extendCoefficients(
      coefficients,
      width,
      logMaxHeight,
      logBlowup,
      1n,
      this.#pacer,
      'commit-quotient',
    );
    this.#quotient = {
      tree: await LiftedTree.build(this.#hasher, [lde], () => this.#pacer.tick('commit-quotient', 0.9)),
      matrices: [{ width, logHeight: logMaxHeight, coefficients, scale: ldeShift(logLde), lde }],
    };
    this.#account();
    this.#pacer.done('commit-quotient');
    return this.#quotient.tree.root();
  }

  async evaluateAt(z: QuadFelt): Promise<[QuadFelt[], QuadFelt[]]> {
    const { logMaxHeight } = this.#shape;
    const next = Q.mulBase(z, F.rootOfUnity(logMaxHeight));
    const open = (point: QuadFelt) => openAt(point, this.#shape, this.#placed(), this.#pacer);
    const rows: [QuadFelt[], QuadFelt[]] = [await open(z), await open(next)];
    this.#points = [z, next];
    this.#opened = rows;
    return rows;
  }

  async deep(columnChallenge: QuadFelt, pointChallenge: QuadFelt): Promise<void> {
    this.#codeword = await deepCodeword(
      this.#shape,
      this.#placed(),
      this.#points,
      this.#opened,
      columnChallenge,
      pointChallenge,
      this.#pacer,
    );
    this.#pacer.done('deep');
  }

  async friCommit(): Promise<Digest> {
    const rows = friRows(this.#codeword);
    const tree = await LiftedTree.build(this.#hasher, [rows], () => this.#tickFri());
    this.#rounds.push({ rows, tree });
    return tree.root();
  }

  async friFold(beta: QuadFelt): Promise<void> {
    const { rows } = this.#rounds[this.#rounds.length - 1];
    this.#codeword = await foldRows(rows, beta, () => this.#tickFri());
  }

  async friFinal(): Promise<readonly QuadFelt[]> {
    this.#pacer.done('fri');
    return finalPolynomial(this.#codeword, this.#shape.logFinalLength);
  }

  async grind(job: GrindJob): Promise<Felt> {
    return BigInt(smallestNonce(job));
  }

  async query(indices: readonly number[]): Promise<{
    preprocessed?: TreeOpening;
    main: TreeOpening;
    aux: TreeOpening;
    quotient: TreeOpening;
    fri: TreeOpening[];
  }> {
    const open = ({ tree, matrices }: Committed) =>
      this.#open(
        tree,
        matrices.map((m) => m.lde),
        indices,
      );
    const openings = {
      main: open(this.#main),
      aux: open(this.#aux),
      quotient: open(this.#quotient),
      fri: this.#rounds.map(({ tree, rows }) => this.#open(tree, [rows], indices)),
    };
    this.#pacer.done('queries');
    return this.#preprocessed ? { preprocessed: open(this.#preprocessed), ...openings } : openings;
  }

  peakBytes(): number {
    return this.#peak;
  }

  close(): void {
    this.#traces = [];
    this.#rounds = [];
  }

  #tickFri(): Promise<void> {
    return this.#pacer.tick('fri', this.#rounds.length / (this.#shape.friLogSizes.length + 1));
  }

  #order(): readonly number[] {
    return this.#shape.order;
  }

  #placed(): Placed<Extended>[] {
    return placed(this.#shape, {
      preprocessed: this.#preprocessed,
      main: this.#main,
      aux: this.#aux,
      quotient: this.#quotient,
    });
  }

  async #commitFixed(matrices: readonly TraceMatrix[]): Promise<Committed> {
    const { hash, logBlowup } = this.#profile;
    const commit = () =>
      this.#commit(
        'commit-main',
        matrices.map((m) => ({ ...m, logHeight: Math.log2(m.height) })),
      );
    if (matrices.length > 1) return commit();
    const cache = fixedColumns.get(matrices[0]) ?? new Map<string, Committed>();
    fixedColumns.set(matrices[0], cache);
    const key = `${hash} ${logBlowup}`;
    const committed = cache.get(key) ?? (await commit());
    cache.set(key, committed);
    return committed;
  }

  async #commit(
    phase: Phase,
    matrices: readonly { data: BigUint64Array; width: number; logHeight: number }[],
  ): Promise<Committed> {
    const extended: Extended[] = [];
    for (const { data, width, logHeight } of matrices) {
      extended.push(await extend(data, width, logHeight, this.#profile.logBlowup, this.#pacer, phase));
    }
    const tree = await LiftedTree.build(
      this.#hasher,
      extended.map((m) => m.lde),
      () => this.#pacer.tick(phase, 0.9),
    );
    this.#pacer.done(phase);
    const committed = { tree, matrices: extended };
    this.#account();
    return committed;
  }

  #open(tree: LiftedTree, matrices: readonly Columns[], indices: readonly number[]): TreeOpening {
    const leaves = treeIndices(indices, tree.logLeaves);
    const rows = leaves.map((leaf) =>
      matrices.flatMap(({ width, logHeight, data }) => {
        const height = 2 ** logHeight;
        const row = new Array<Felt>(alignedWidth(width, this.#profile.hash)).fill(0n);
        for (let c = 0; c < width; c++) row[c] = data[c * height + (leaf & (height - 1))];
        return row;
      }),
    );
    return { rows, siblings: tree.siblings(leaves) };
  }

  #account(): void {
    const held = [this.#preprocessed, this.#main, this.#aux, this.#quotient].flatMap((c) => c ?? []);
    const bytes = held.reduce(
      (sum, { tree, matrices }) =>
        sum +
        tree.byteLength +
        matrices.reduce((s, m) => s + m.coefficients.byteLength + m.lde.data.byteLength, 0),
      0,
    );
    this.#peak = Math.max(this.#peak, bytes);
  }
}
