import assert from 'node:assert/strict';
import { and8Preprocessed } from '../../../core/air/and8/table.ts';
import { buildAuxTrace } from '../../../core/air/aux-trace.ts';
import { withHiddenSum } from '../../../core/air/hidden-sum.ts';
import { midenAirs } from '../../../core/air/miden.ts';
import { assemble } from '../../../core/assembly/assemble.ts';
import * as F from '../../../core/field/felt.ts';
import { midenPublicValues } from '../../../core/stark/miden/relation.ts';
import type { Claim } from '../../../core/stark/proof/claim.ts';
import { buildTraces, execute } from '../../../core/vm/execute.ts';
import { expandTraces } from '../../../core/vm/trace/expand.ts';
import { type LogHeights, logHeightsOf, padTraces } from '../../../core/vm/trace/padding.ts';
import type { TraceMatrix, VmTraces } from '../../../core/vm/trace/types.ts';
import { movedLookups } from './lookup.ts';
import { columnsOf } from './prediction.ts';
import type { Challenges, Instance, Witness } from './system.ts';

/**
 * A program that reads secrets from the advice, computes with them and with public numbers, keeps them in memory, and
 * leaves nothing of them: every secret proves the same claim. Each cell of the traces is an affine function of each
 * secret, so that a difference of two runs is a derivative, exactly.
 */
/** The witness. */
export const SECRETS: readonly F.Felt[] = [1, 2, 3, 4, 5, 6].map((i) => F.felt(1_000_003 * i));
const PROGRAM = `
begin
    adv_push adv_push adv_push adv_push adv_push adv_push
    dup.1 mul
    push.100 mem_store
    push.200 mem_store
    movup.3 push.3 mul push.7 add drop
    push.100 mem_load push.300 mem_store
    swap drop drop
    push.300 mem_load drop
    drop
end
`;

export interface Run {
  readonly claim: Claim;
  readonly traces: VmTraces;
}

/** Runs the program with these secrets. */
export function runSecrets(secrets: readonly F.Felt[]): Run {
  const program = assemble({ program: { name: 'secrets.masm', text: PROGRAM } });
  const execution = execute(program, { advice: { stack: secrets } });
  const claim: Claim = {
    program: program.forest.nodes[program.entry].digest,
    kernel: program.kernel,
    stackInputs: new Array<F.Felt>(16).fill(0n),
    stackOutputs: execution.stack,
  };
  return { claim, traces: buildTraces(execution) };
}

/** All four main traces in instance order. */
export function mainTraces(traces: VmTraces): TraceMatrix[] {
  const { core, chiplets, eidos, byteTable } = expandTraces(traces);
  return [core, chiplets, eidos, byteTable];
}

/** The four AIRs with their public data, and whether they hide their sums. */
export function realInstances({ claim }: Run, mains: readonly TraceMatrix[], hidden: boolean): Instance[] {
  const fixed = columnsOf(and8Preprocessed());
  return midenAirs().map((air, i) => ({
    air: hidden ? withHiddenSum(air) : air,
    logHeight: Math.log2(mains[i].height),
    publicValues: midenPublicValues(claim)[i],
    preprocessed: air.preprocessedWidth > 0 ? fixed : [],
  }));
}

/** The AIRs, a witness, and directions in which the claim stays proved, one for each secret. */
export interface RealFamily {
  readonly run: Run;
  readonly instances: readonly Instance[];
  readonly witness: Witness;
  readonly directions: readonly Witness[];
}

export function realFamily(challenges: Challenges, hidden = true, heights?: LogHeights): RealFamily {
  const run = runSecrets(SECRETS);
  const own = heights ?? logHeightsOf(run.traces);
  const mains = mainTraces(padTraces(run.traces, own));
  const instances = realInstances(run, mains, hidden);
  const built = instances.map(({ air, publicValues, preprocessed }, i) =>
    buildAuxTrace(air, {
      main: mains[i],
      challenges: challenges.lookup,
      publicValues,
      ...(preprocessed.length > 0 && { preprocessed: and8Preprocessed() }),
    }),
  );
  const witness: Witness = {
    traces: mains.map((main, i) => ({ main: columnsOf(main), aux: columnsOf(built[i].matrix) })),
    sums: built.map(({ sigma }) => sigma),
  };
  const zeros = new Map<number, BigUint64Array>();
  const still = (height: number): BigUint64Array => {
    const zero = zeros.get(height) ?? new BigUint64Array(height);
    zeros.set(height, zero);
    return zero;
  };
  const directions = SECRETS.map((_, k) => {
    const moved = [1n, 2n].map((by) => {
      const other = runSecrets(SECRETS.map((s, i) => (i === k ? F.add(s, by) : s)));
      assert.deepEqual(other.claim, run.claim, 'a secret shows in the claim');
      // No secret is hashed or split into bytes.
      assert.deepEqual(other.traces.eidos, run.traces.eidos);
      assert.deepEqual(other.traces.byteCounts, run.traces.byteCounts);
      const { core, chiplets } = padTraces(other.traces, own);
      return [core, chiplets].map(columnsOf);
    });
    const slopes = witness.traces.map(({ main }, i) =>
      main.map((values, c) => (i < moved[0].length ? slope(values, moved, i, c) : still(values.length))),
    );
    const lookups = instances.map((instance, i) =>
      movedLookups(instance, witness.traces[i].main, slopes[i], challenges.lookup),
    );
    return {
      traces: slopes.map((main, i) => ({ main, aux: lookups[i].aux })),
      sums: lookups.map(({ sum }) => sum),
    };
  });
  return { run, instances, witness, directions };
}

/** The difference that one step makes; a second step must make the same. */
function slope(
  values: BigUint64Array,
  [one, two]: readonly (readonly (readonly BigUint64Array[])[])[],
  instance: number,
  column: number,
): BigUint64Array {
  const out = new BigUint64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const [a, b, c] = [values[row], one[instance][column][row], two[instance][column][row]];
    if (a === b && b === c) continue;
    out[row] = F.sub(b, a);
    assert.equal(F.sub(c, b), out[row], `trace ${instance}, column ${column}, row ${row} is not affine`);
  }
  return out;
}
