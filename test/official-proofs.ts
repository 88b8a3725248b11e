import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assemble } from '../core/assembly/assemble.ts';
import type { Backend, ProvingSession } from '../core/stark/backend.ts';
import { proveExecution } from '../core/stark/miden/prove.ts';
import { verify } from '../core/stark/miden/verify.ts';
import { midenProfile, type ProofHash } from '../core/stark/profile.ts';
import { type Claim, claimFromJson } from '../core/stark/proof/claim.ts';
import { readAdvice } from '../core/vm/advice/file.ts';
import { buildTraces, execute } from '../core/vm/execute.ts';
import type { SourceFile } from '../core/vm/mast/types.ts';
import type { VmTraces } from '../core/vm/trace/types.ts';

export interface ProofVector {
  readonly program: string;
  readonly hash: ProofHash;
  readonly file: string;
  readonly claim: unknown;
}
interface ProgramVector {
  readonly name: string;
  readonly file: string;
  readonly kernelFile?: string;
  readonly stackInputs: readonly string[];
  readonly advice?: unknown;
}
const vectors = new URL('vectors/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, vectors), 'utf8');
export const { proofs } = JSON.parse(text('proofs.json')) as { proofs: ProofVector[] };
const { programs } = JSON.parse(text('masm.json')) as { programs: ProgramVector[] };
const source = (name: string): SourceFile => ({ name, text: text(name) });

/** Assembles and runs a program that there are official proofs of. */
export function run(name: string): { claim: Claim; traces: VmTraces } {
  const { file, kernelFile, stackInputs, advice } = programs.find((p) => p.name === name)!;
  const program = assemble({
    program: source(file),
    ...(kernelFile !== undefined && { kernel: source(kernelFile) }),
  });
  const stack = stackInputs.map(BigInt);
  const execution = execute(program, { stack, ...(advice !== undefined && { advice: readAdvice(advice) }) });
  return {
    claim: {
      program: program.forest.nodes[program.entry].digest,
      kernel: program.kernel,
      stackInputs: [...stack, ...Array<bigint>(16 - stack.length).fill(0n)],
      stackOutputs: execution.stack,
    },
    traces: buildTraces(execution),
  };
}

/** The backend, but with the witnesses of work that another prover found. */
function pinned(backend: Backend, witnesses: readonly bigint[]): Backend {
  return {
    name: backend.name,
    description: backend.description,
    close: () => backend.close(),
    async open(options) {
      const session = await backend.open(options);
      let next = 0;
      const grind = async () => witnesses[next++];
      return new Proxy<ProvingSession>(session, {
        get(target, key) {
          if (key === 'grind') return grind;
          const value = Reflect.get(target, key, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  };
}

/** The official search runs in parallel and takes any witness; all other bytes are determined. */
function witnessesOf(claim: Claim, bytes: Uint8Array): bigint[] {
  const witnesses: bigint[] = [];
  verify(claim, bytes, {
    profile: 'miden',
    onTranscript(name, value) {
      if (name === 'fri') witnesses.push((value as { witness: bigint }).witness);
      else if (name.endsWith('Witness')) witnesses.push(value as bigint);
    },
  });
  return witnesses;
}

/** The official proof of a vector, and ours of the same run with its witnesses of work: equal if all is well. */
export async function proveVector(
  { program, hash, file, claim }: ProofVector,
  backend: Backend,
): Promise<{ official: Uint8Array; ours: Uint8Array }> {
  const official = new Uint8Array(readFileSync(new URL(file, vectors)));
  const ran = run(program);
  assert.deepEqual(ran.claim, claimFromJson(claim));
  const ours = await proveExecution(ran.claim, ran.traces, {
    profile: midenProfile(hash),
    backend: pinned(backend, witnessesOf(ran.claim, official)),
  });
  return { official, ours };
}
