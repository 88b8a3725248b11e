import { existsSync, readFileSync } from 'node:fs';
import { assemble } from '../core/assembly/assemble.ts';
import { readPackage } from '../core/assembly/package/format.ts';
import type { Program, SourceFile } from '../core/vm/mast/types.ts';

/** A program of `vectors/masm.json`; the file's `schema` says what each field is. */
export interface MasmCase {
  readonly name: string;
  readonly file: string;
  readonly kernelFile?: string;
  readonly stackInputs?: string[];
  readonly advice?: unknown;
}
export interface ProgramCase extends MasmCase {
  readonly stackInputs: string[];
  readonly result: {
    readonly digest: string[];
    readonly kernel: string[][];
    readonly stack: string[];
    readonly cycles: number;
    readonly heights: Record<TraceName, { readonly rows: number; readonly height: number }>;
    readonly columns: Record<TraceName, string[]>;
  };
}
export interface ErrorCase extends MasmCase {
  readonly digest: string[];
  readonly stackInputs: string[];
  readonly kind: string;
  readonly message: string;
  readonly maxCycles?: number;
}
export type TraceName = 'core' | 'chiplets' | 'eidos_compression' | 'and8';

const VECTORS = new URL('vectors/', import.meta.url);
export const readVector = (name: string): string => readFileSync(new URL(name, VECTORS), 'utf8');

export const masm = JSON.parse(readVector('masm.json')) as {
  readonly programs: ProgramCase[];
  readonly executionErrors: ErrorCase[];
  readonly assemblyErrors: MasmCase[];
};

/** The official core library's package, which the interop crate writes. */
const CORE = new URL('interop/out/core.masp', import.meta.url);
const core = existsSync(CORE) ? readPackage(new Uint8Array(readFileSync(CORE))) : undefined;

const source = (name: string): SourceFile => ({ name, text: readVector(name) });
const usesCore = ({ file }: MasmCase): boolean => readVector(file).includes('::miden::core');

/** Why a case cannot run here, or `false`. */
export const skipReason = (each: MasmCase): string | false =>
  usesCore(each) && !core && 'the core library is written by npm run test:interop';

export const buildCase = (each: MasmCase): Program =>
  assemble({
    program: source(each.file),
    ...(each.kernelFile !== undefined && { kernel: source(each.kernelFile) }),
    ...(core && usesCore(each) && { libraries: [{ package: core }] }),
  });
