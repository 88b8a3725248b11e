import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AssemblyError } from './errors.ts';
import { parseModule } from './parse.ts';

const VECTORS = new URL('../../test/vectors/', import.meta.url);
const { assemblyErrors } = JSON.parse(readFileSync(new URL('masm.json', VECTORS), 'utf8')) as {
  assemblyErrors: { file: string; message: string }[];
};

/** Our kinds for what the official assembler refuses; those left out show only when modules are linked. */
const KINDS: Readonly<Record<string, string>> = {
  bad_const_div_zero: 'division-by-zero',
  bad_div_zero: 'division-by-zero',
  bad_dup_16: 'value-out-of-range',
  bad_duplicate_const: 'duplicate-symbol',
  bad_duplicate_proc: 'duplicate-symbol',
  bad_else_alone: 'syntax',
  bad_emit_number: 'invalid-operand',
  bad_empty_begin: 'syntax',
  bad_empty_proc: 'syntax',
  bad_exp_width: 'value-out-of-range',
  bad_export_in_program: 'invalid-module',
  bad_ilog_imm: 'invalid-operand',
  bad_local_out_of_range: 'invalid-local',
  bad_local_without_decl: 'invalid-local',
  bad_memory_address: 'invalid-literal',
  bad_missing_end: 'syntax',
  bad_movup_16: 'value-out-of-range',
  bad_no_begin: 'missing-entrypoint',
  bad_push_too_big: 'invalid-literal',
  bad_repeat_zero: 'invalid-repeat-count',
  bad_self_recursion: 'recursion',
  bad_shift_32: 'value-out-of-range',
  bad_swap_0: 'value-out-of-range',
  bad_two_begins: 'duplicate-symbol',
  bad_u32div_zero: 'division-by-zero',
  bad_undefined_const: 'undefined-symbol',
  bad_unknown_instruction: 'unknown-instruction',
  bad_unknown_proc: 'undefined-symbol',
  bad_unused_else: 'syntax',
  bad_word_unaligned_local: 'invalid-local',
};
const LINKER = [
  'bad_import',
  'bad_kernel_exec',
  'bad_recursion',
  'bad_syscall_no_kernel',
  'bad_syscall_unknown',
];

test('every source of the vectors parses, or fails as the official assembler does', () => {
  const folder = new URL('masm/', VECTORS);
  const refused: string[] = [];
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const kind = name.endsWith('.kernel.masm') ? 'kernel' : 'executable';
    const stem = name.replace(/(\.kernel)?\.masm$/, '');
    try {
      parseModule({ name, text }, { kind });
      assert.equal(KINDS[stem], undefined, `${name} should not parse`);
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
      assert.equal(error.kind, KINDS[stem], `${name}: ${error.message}\n${error.details}`);
      assert.match(error.details, /^bad_\w+\.masm:\d+:\d+\n\d+ \| .*\n +\| +\^/);
      refused.push(stem);
    }
  }
  const expected = assemblyErrors.map(({ file }) => file.replace(/^masm\/|\.masm$/g, ''));
  assert.deepEqual([...refused, ...LINKER].sort(), expected.sort());
});
