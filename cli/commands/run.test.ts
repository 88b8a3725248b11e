import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, json, kiln, scratchFolder, vectorPath } from '../../test/cli.ts';
import { masm, type ProgramCase } from '../../test/masm-vectors.ts';

const folder = scratchFolder();

/** The options that a case of the vectors stands for. */
function optionsOf({ name, kernelFile, stackInputs, advice }: ProgramCase): string[] {
  return [
    ...(stackInputs.length > 0 ? ['--stack', stackInputs.join(',')] : []),
    ...(kernelFile === undefined ? [] : ['--kernel', vectorPath(kernelFile)]),
    ...(advice === undefined
      ? []
      : ['--advice', folder.write(`${name}.advice.json`, JSON.stringify(advice))]),
  ];
}

const failed = (answer: Answer, stage: string, kind: string): void => {
  assert.equal(answer.code, 1);
  assert.deepEqual(Object.keys(json(answer)), ['error']);
  const { error } = json(answer);
  assert.deepEqual([error.stage, error.kind, typeof error.message], [stage, kind, 'string']);
};

const NAMES = ['fib_loop', 'syscalls', 'kernel_two', 'advice_push', 'advice_map', 'merkle_set'];
for (const each of masm.programs.filter(({ name }) => NAMES.includes(name))) {
  test(`vm exec: ${each.name} is told as the vectors tell it`, async () => {
    const answer = await kiln(['vm', 'exec', vectorPath(each.file), ...optionsOf(each), '--json']);
    assert.equal(answer.code, 0, answer.out);
    assert.deepEqual(json(answer), each.result);
  });
}

test('run tells digest, stack and cycles', async () => {
  const each = masm.programs.find(({ name }) => name === 'fib_loop')!;
  const args = ['run', vectorPath(each.file), ...optionsOf(each)];
  const answer = json(await kiln([...args, '--json']));
  const { digest, stack, cycles } = each.result;
  assert.deepEqual({ ...answer, ms: 0 }, { digest, stack, cycles, ms: 0 });
  assert.match((await kiln(args)).out, new RegExp(`cycles +${cycles}\n`));
});

const program = (name: string, text: string): string => folder.write(`${name}.masm`, text);

test('what the assembler refuses has the stage "assemble"', async () => {
  for (const { file } of masm.assemblyErrors.slice(0, 3)) {
    const answer = await kiln(['vm', 'exec', vectorPath(file), '--json']);
    assert.equal(answer.code, 1);
    assert.equal(json(answer).error.stage, 'assemble');
  }
  const good = program('good', 'begin push.1 drop end');
  failed(await kiln(['run', `${folder.path}/none.masm`, '--json']), 'assemble', 'file');
  failed(await kiln(['run', folder.path, '--json']), 'assemble', 'file');
  failed(await kiln(['run', good, '--library', good, '--json']), 'assemble', 'malformed');
  failed(await kiln(['run', good, '--kernel', `${folder.path}/none`, '--json']), 'assemble', 'file');
  const notText = folder.write('bytes.masm', Uint8Array.of(0x62, 0xff, 0xfe));
  failed(await kiln(['run', notText, '--json']), 'assemble', 'file');
});

test('what stops a run has the stage "execute"', async () => {
  const exec = (text: string, ...more: string[]) =>
    kiln(['vm', 'exec', program('trap', text), ...more, '--json']);
  failed(await exec('begin push.0 div end'), 'execute', 'division-by-zero');
  failed(
    await exec('begin push.1 while.true push.1 end end', '--max-cycles', '1000'),
    'execute',
    'cycle-limit',
  );
  const [cut, wrong] = [folder.write('cut.json', '{'), folder.write('wrong.json', '{"stack": 5}')];
  failed(await exec('begin adv_push end', '--advice', cut), 'execute', 'file');
  assert.equal(json(await exec('begin adv_push end', '--advice', wrong)).error.stage, 'execute');
});

test('errors in words show the place', async () => {
  const answer = await kiln(['run', program('typo', 'begin\n    frobnicate\nend')]);
  assert.equal(answer.code, 1);
  assert.equal(answer.out, '');
  assert.match(answer.err, /typo\.masm:2:5/);
});

test('a run that was cancelled says so', async () => {
  const answer = await kiln(['run', program('any', 'begin push.1 drop end'), '--json'], AbortSignal.abort());
  failed(answer, 'execute', 'cancelled');
});

test('stacks and limits that are none are wrong usage', async () => {
  const any = program('stack', 'begin push.1 drop end');
  const bad = ['1,,2', 'x', '-1', '18446744069414584321', new Array(17).fill(1).join(','), '1e3'];
  for (const stack of bad) assert.equal((await kiln(['run', any, `--stack=${stack}`])).code, 2, stack);
  for (const cycles of ['0', '-1', '1.5', '536870913']) {
    assert.equal((await kiln(['run', any, `--max-cycles=${cycles}`])).code, 2, cycles);
  }
  assert.equal((await kiln(['run', any, '--stack', ''])).code, 0);
});
