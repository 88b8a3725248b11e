import { type AuxTrace, buildAuxTrace } from '../../air/aux-trace.ts';
import type { RowSource } from '../../air/row-evaluator.ts';
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
import { type Columns, LiftedTree, type Salt } from '../lmcs/tree.ts';
import { type Placed, placed } from '../placed.ts';
import type { Profile } from '../profile.ts';
import { quotientInputs } from '../quotient-inputs.ts';
import { elements, type MaskPurpose, Purpose, type SaltPurpose, salts } from '../randomness/stream.ts';
import { type ProofShape, proofShape } from '../shape.ts';
import { blinded, excess, inShifted } from './blind.ts';
import { bytesOf, type Committed, openLeaves } from './committed.ts';
import { type Cosets, composition, extraCosets, partCosets } from './composition.ts';
import { deepCodeword, openAt } from './deep.ts';
import { type Extended, extendCoefficients, interpolate, type MaskOf } from './extension.ts';
import { finalPolynomial, foldRows, friRows } from './fri.ts';
import { Pacer } from './pacer.ts';
import { type QuadColumn, splitQuotient } from './quotient.ts';
import { mainTraces } from './traces.ts';

/** A matrix to be committed, before extension. */
interface Source {
  readonly data: BigUint64Array;
  readonly width: number;
  readonly logHeight: number;
  readonly maskOf?: MaskOf;
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

  readonly #strict: boolean;

  /** Not `strict`: goes on when what it computes shows that the traces are false, to test verifiers with. */
  constructor({ strict = true }: { readonly strict?: boolean } = {}) {
    this.#strict = strict;
  }

  async open(options: SessionOptions): Promise<ProvingSession> {
    return new ReferenceSession(options, this.#strict);
  }

  async close(): Promise<void> {}
}

/** Tests override the protected methods, to make provers that lie; nothing else does. */
export class ReferenceSession implements ProvingSession {
  readonly #options: SessionOptions;
  readonly #strict: boolean;
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

  constructor(options: SessionOptions, strict: boolean) {
    this.#options = options;
    // Without slack a false trace gives a proof that is refused, as official provers do.
    this.#strict = strict && options.profile.slack > 0;
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
      this.#order().map((i) => ({
        ...this.#traces[i],
        logHeight: instances[i].logHeight,
        ...this.#masks(Purpose.MainMask, i),
      })),
      this.#salt(Purpose.MainSalt),
    );
    const main = this.#main.tree.root();
    return this.#preprocessed ? { preprocessed: this.#preprocessed.tree.root(), main } : { main };
  }

  async commitAux(alpha: QuadFelt, beta: QuadFelt): Promise<{ root: Digest; sigmas: readonly QuadFelt[] }> {
    this.#challenges = [alpha, beta];
    const columns: BigUint64Array[] = [];
    for (const [i, { publicValues, preprocessed }] of this.#options.instances.entries()) {
      const aux = this.auxTrace(i, {
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
        ...this.#masks(Purpose.AuxMask, i),
      })),
      this.#salt(Purpose.AuxSalt),
    );
    return { root: this.#aux.tree.root(), sigmas: this.#sigmas };
  }

  async commitQuotient(alpha: QuadFelt, beta: QuadFelt): Promise<Digest> {
    const { logMaxHeight: logHeight, logParts, degreeBound, excessLength } = this.#shape;
    const { logBlowup, blinderLength, maskingColumns } = this.#profile;
    const shape = { logHeight, logBlowup, logParts };
    const quotientOn = (cosets: Cosets) => this.#composition(cosets, [alpha, beta]);
    const parts = splitQuotient(await quotientOn(partCosets(logBlowup, logParts)), logHeight, logParts);
    const beyond: QuadColumn =
      excessLength > 0
        ? excess(
            parts,
            await quotientOn(extraCosets(logBlowup, logParts, this.#pacer)),
            shape,
            excessLength,
            this.#strict,
          )
        : [new BigUint64Array(), new BigUint64Array()];
    this.#pacer.done('constraints');
    const random = (purpose: MaskPurpose, length: number) => (column: number) =>
      elements(this.#options.randomness!.take(purpose, 0, column), length);
    const columns =
      degreeBound > 2 ** logHeight
        ? blinded(parts, beyond, shape, degreeBound, random(Purpose.Blinder, blinderLength))
        : parts;
    const scale = ldeShift(logHeight + logBlowup);
    const masking = random(Purpose.Masking, degreeBound);
    for (let c = 0; c < maskingColumns; c++) columns.push(inShifted(masking(c), scale));
    const extended = await extendCoefficients(
      this.polynomials('commit-quotient', 0, columns),
      logHeight,
      logBlowup,
      scale,
      this.#pacer,
      'commit-quotient',
    );
    this.#quotient = await this.#tree('commit-quotient', [extended], this.#salt(Purpose.QuotientSalt));
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
    return finalPolynomial(this.#codeword, this.#shape.finalLength, this.#strict);
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
    const { hash } = this.#profile;
    const open = (committed: Committed) =>
      openLeaves(
        committed,
        committed.matrices.map((m) => m.lde),
        indices,
        hash,
      );
    const openings = {
      main: open(this.#main),
      aux: open(this.#aux),
      quotient: open(this.#quotient),
      fri: this.#rounds.map((round) => openLeaves(round, [round.rows], indices, hash)),
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

  /** The lookup columns of an instance. */
  protected auxTrace(instance: number, source: RowSource): AuxTrace {
    return buildAuxTrace(this.#options.instances[instance].air, source);
  }

  /** Coefficients of a matrix's columns as they are committed; `position` is that of the matrix in its tree. */
  protected polynomials(_: Phase, __: number, columns: BigUint64Array[]): BigUint64Array[] {
    return columns;
  }

  /** How often the sum of an instance counts: once per row. */
  protected sumWeight(instance: number): number {
    return 2 ** this.#options.instances[instance].logHeight;
  }

  #composition(cosets: Cosets, challenges: readonly [QuadFelt, QuadFelt]): Promise<QuadColumn> {
    const lookup = { sigmas: this.#sigmas, challenges: this.#challenges };
    const committed = { preprocessed: this.#preprocessed, main: this.#main, aux: this.#aux };
    const inputs = quotientInputs(this.#shape, this.#options.instances, lookup, committed);
    const weights = this.#profile.hiddenSums
      ? this.#order().map((i) => F.felt(this.sumWeight(i)))
      : undefined;
    return composition(inputs, cosets, challenges, weights, this.#pacer);
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

  async #commit(phase: Phase, matrices: readonly Source[], salt?: Salt): Promise<Committed> {
    const { logBlowup } = this.#profile;
    const extended: Extended[] = [];
    for (const [position, { data, width, logHeight, maskOf }] of matrices.entries()) {
      const columns = await interpolate(data, width, logHeight, maskOf, this.#pacer, phase);
      const committed = this.polynomials(phase, position, columns);
      extended.push(await extendCoefficients(committed, logHeight, logBlowup, 1n, this.#pacer, phase));
    }
    return this.#tree(phase, extended, salt);
  }

  async #tree(phase: Phase, matrices: readonly Extended[], salt?: Salt): Promise<Committed> {
    const tree = await LiftedTree.build(
      this.#hasher,
      matrices.map((m) => m.lde),
      () => this.#pacer.tick(phase, 0.9),
      salt,
    );
    this.#pacer.done(phase);
    const committed = { tree, matrices, ...(salt && { salt }) };
    this.#account(committed);
    return committed;
  }

  /** The masks of an instance's columns, where the profile has them. */
  #masks(purpose: MaskPurpose, instance: number): { maskOf?: MaskOf } {
    const { maskLength } = this.#profile;
    const { randomness } = this.#options;
    return maskLength === 0
      ? {}
      : { maskOf: (column) => elements(randomness!.take(purpose, instance, column), maskLength) };
  }

  #salt(purpose: SaltPurpose): Salt | undefined {
    const { saltWidth: width } = this.#profile;
    if (width === 0) return undefined;
    const stream = this.#options.randomness!.salts(purpose);
    return { width, row: (leaf) => salts(stream, leaf, 1) };
  }

  #account(latest: Committed): void {
    const held = new Set([this.#preprocessed, this.#main, this.#aux, latest].flatMap((c) => c ?? []));
    const bytes = [...held].reduce((sum, committed) => sum + bytesOf(committed), 0);
    this.#peak = Math.max(this.#peak, bytes);
  }
}
