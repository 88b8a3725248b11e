import { readFileSync } from 'node:fs';
import { fingerprint as fingerprintOf } from '../../cli/fingerprint.ts';
import { assemble } from '../../core/assembly/assemble.ts';
import { type Execution, execute } from '../../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../../core/vm/host/core-library.ts';

export interface ProgramRequest {
  readonly file: string;
  readonly stackInputs: readonly string[];
}

/** Assembles and runs a program as the judge does. */
export function runRequest({ file, stackInputs }: ProgramRequest): Execution {
  const program = assemble({ program: { name: file, text: readFileSync(file, 'utf8') } });
  return execute(program, { stack: stackInputs.map(BigInt) }, { host: CORE_LIBRARY_HOST });
}

/** The judge's answer to `run`, by Kiln: integers beyond 2^53 as decimal strings. */
export const fingerprint = (request: ProgramRequest): { readonly cycles: number } =>
  JSON.parse(
    JSON.stringify(fingerprintOf(runRequest(request)), (_, v) => (typeof v === 'bigint' ? String(v) : v)),
  );
