import { and8Preprocessed } from '../../air/and8/table.ts';
import { midenAirs } from '../../air/miden.ts';
import { EMPTY_WORD } from '../../hash/word.ts';
import type { TraceMatrix, VmTraces } from '../../vm/trace/types.ts';
import type { Backend, Instance, OnProgress } from '../backend.ts';
import type { Profile } from '../profile.ts';
import type { Claim } from '../proof/claim.ts';
import { PVM_ROOT, VM_ROOT, writeExecutionProof } from '../proof/execution-proof.ts';
import { writePrivateProof } from '../proof/private-proof.ts';
import { prove } from '../prover.ts';
import { fitTraces } from './heights.ts';
import { BYTE_TABLE_LOG_HEIGHT, midenPublicValues, midenStatement } from './relation.ts';

export interface MidenProveOptions {
  readonly profile: Profile;
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** The four instances of a run, in the order of `midenAirs`; traces have the heights they are proved at. */
export function midenInstances(claim: Claim, traces: VmTraces): Instance[] {
  const [core, chiplets, eidos, byteTable] = midenAirs();
  const publicValues = midenPublicValues(claim);
  const matrix = (air: Instance['air'], trace: TraceMatrix, values: Instance['publicValues']): Instance => ({
    air,
    logHeight: Math.log2(trace.height),
    trace: { kind: 'matrix', matrix: trace },
    publicValues: values,
  });
  return [
    matrix(core, traces.core, publicValues[0]),
    matrix(chiplets, traces.chiplets, publicValues[1]),
    {
      air: eidos,
      logHeight: Math.log2(traces.eidos.height),
      trace: { kind: 'eidos', blocks: traces.eidos },
      publicValues: publicValues[2],
    },
    {
      air: byteTable,
      logHeight: BYTE_TABLE_LOG_HEIGHT,
      trace: { kind: 'byte-table', counts: traces.byteCounts },
      publicValues: publicValues[3],
      preprocessed: and8Preprocessed(),
    },
  ];
}

/**
 * Proves a claim from the traces of its run, which leaves nothing to precompiles. Returns the bytes of a proof in the
 * container of its profile: a private one where the profile hides, else an execution proof. The traces are padded to
 * heights that the profile lists. Rejects as `prove` and `fitHeights` do.
 */
export async function proveExecution(
  claim: Claim,
  traces: VmTraces,
  options: MidenProveOptions,
): Promise<Uint8Array> {
  const stark = await prove({
    ...options,
    instances: midenInstances(claim, fitTraces(traces, options.profile)),
    statement: midenStatement(claim, EMPTY_WORD),
  });
  const { hash, hidingVersion } = options.profile;
  return hidingVersion > 0
    ? writePrivateProof({ hash, stark })
    : writeExecutionProof({
        vmRoots: [VM_ROOT],
        pvmRoots: [PVM_ROOT],
        hash,
        stark,
        deferredRoot: EMPTY_WORD,
      });
}
