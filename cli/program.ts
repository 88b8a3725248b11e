import { assemble } from '../core/assembly/assemble.ts';
import { readPackage } from '../core/assembly/package/format.ts';
import type { Package } from '../core/assembly/package/package.ts';
import { renderSnippet } from '../core/assembly/source.ts';
import { type Felt, isCanonical } from '../core/field/felt.ts';
import { runPaced } from '../core/pace.ts';
import { readAdvice } from '../core/vm/advice/file.ts';
import { type Execution, executing } from '../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../core/vm/host/core-library.ts';
import type { Program, SourceFile } from '../core/vm/mast/types.ts';
import { MAX_CYCLES } from '../core/vm/options.ts';
import { coreLibrary } from './core-library.ts';
import { readBytes, readJson, readText } from './files.ts';
import type { OptionSpecs, Options } from './options.ts';
import type { Output } from './output.ts';
import { staged } from './staged.ts';
import { UsageError } from './usage.ts';

/** What every command that runs a program takes. */
export const PROGRAM_OPTIONS: OptionSpecs = {
  stack: { value: 'A,B,..', help: 'initial stack, top first: at most 16 field elements' },
  kernel: { value: 'K.masm', help: 'source of the kernel that syscalls reach' },
  advice: { value: 'A.json', help: 'secret inputs: {"stack", "map", "trees", "smts"}, each optional' },
  library: { value: 'L.masp', multiple: true, help: 'a package to link; may be repeated' },
  'max-cycles': { value: 'N', help: 'stop after N cycles (2^22 if not given)' },
};

const MAX_SOURCE_BYTES = 16 * 2 ** 20;
const source = (path: string): SourceFile => ({ name: path, text: readText(path, MAX_SOURCE_BYTES) });

function stackElements(text: string): Felt[] {
  const parts = text === '' ? [] : text.split(',');
  if (parts.length > 16) throw new UsageError(`--stack takes at most 16 elements, not ${parts.length}`);
  return parts.map((part) => {
    const digits = part.trim();
    const value = /^\d{1,20}$/.test(digits) ? BigInt(digits) : -1n;
    if (!isCanonical(value)) throw new UsageError(`--stack: "${digits}" is not a field element`);
    return value;
  });
}

/** Kiln's core library, unless nothing that is assembled could name it: to load it takes time. */
const coreLibraryFor = (libraries: readonly Package[], ...sources: (SourceFile | undefined)[]): Package[] =>
  libraries.length > 0 || sources.some((each) => each?.text.includes('kiln')) ? [coreLibrary()] : [];

/**
 * Assembles and runs FILE.masm as the options say; what looks like a slip in the source is noted. Errors carry the stage
 * `assemble` or `execute`.
 */
export async function runProgram(
  options: Options,
  output: Output,
  signal: AbortSignal,
): Promise<{ program: Program; execution: Execution }> {
  const programPath = options.operand('program file');
  const kernelPath = options.text('kernel');
  const advicePath = options.text('advice');
  const stack = stackElements(options.text('stack') ?? '');
  const maxCycles = options.integer('max-cycles', 1, MAX_CYCLES);
  output.status('assembling');
  const program = await staged('assemble', () => {
    const file = source(programPath);
    const kernel = kernelPath === undefined ? undefined : source(kernelPath);
    const given = options.list('library').map((path) => readPackage(readBytes(path)));
    return assemble({
      program: file,
      ...(kernel && { kernel }),
      libraries: [...given, ...coreLibraryFor(given, file, kernel)].map((each) => ({ package: each })),
      onWarning: ({ message, span }) => output.note(`kiln: note: ${message}\n${renderSnippet(span)}`),
    });
  });
  output.status('running');
  const execution = await staged('execute', () =>
    runPaced(
      executing(
        program,
        { stack, ...(advicePath !== undefined && { advice: readAdvice(readJson(advicePath)) }) },
        { host: CORE_LIBRARY_HOST, ...(maxCycles !== undefined && { maxCycles }) },
      ),
      { signal, onProgress: (cycles) => output.status(`running: ${cycles.toLocaleString('en')} cycles`) },
    ),
  );
  output.status();
  return { program, execution };
}
