import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { assemble } from '../core/assembly/assemble.ts';
import { AssemblyError } from '../core/assembly/errors.ts';
import { readPackage } from '../core/assembly/package/format.ts';
import { writeForest } from '../core/vm/mast/format.ts';
import type { Program, SourceFile } from '../core/vm/mast/types.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly kernelFile?: string;
  readonly digest?: string[];
  readonly result?: { readonly digest: string[]; readonly kernel: string[][] };
}

const VECTORS = new URL('vectors/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, VECTORS), 'utf8');
const masm = JSON.parse(read('masm.json')) as Record<
  'programs' | 'executionErrors' | 'assemblyErrors',
  Case[]
>;
const { forests } = JSON.parse(read('mast/forests.json')) as { forests: Record<string, string> };

/** The official core library's package, which the interop crate writes. */
const CORE = new URL('interop/out/core.masp', import.meta.url);
const core = existsSync(CORE) ? readPackage(new Uint8Array(readFileSync(CORE))) : undefined;

const source = (name: string): SourceFile => ({ name, text: read(name) });
const usesCore = ({ file }: Case) => read(file).includes('::miden::core');

const build = (each: Case): Program =>
  assemble({
    program: source(each.file),
    ...(each.kernelFile !== undefined && { kernel: source(each.kernelFile) }),
    ...(core && usesCore(each) && { libraries: [{ package: core }] }),
  });

for (const each of [...masm.programs, ...masm.executionErrors]) {
  const skip = usesCore(each) && !core && 'the core library is written by npm run test:interop';
  test(`${each.name}: digest, kernel and forest are the official ones`, { skip }, () => {
    const program = build(each);
    const { digest } = program.forest.nodes[program.entry];
    assert.deepEqual(digest.map(String), each.result?.digest ?? each.digest);
    assert.deepEqual(
      program.kernel.map((word) => word.map(String)),
      each.result?.kernel ?? [],
    );
    const hash = Buffer.from(blake3(writeForest(program.forest))).toString('hex');
    assert.equal(hash, forests[each.name]);
  });
}

for (const each of masm.assemblyErrors) {
  test(`${each.name} is refused, with a caret under the place`, () => {
    assert.throws(
      () => build(each),
      (error) => error instanceof AssemblyError && /\n +\| +\^/.test(error.details),
    );
  });
}
