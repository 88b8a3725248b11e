import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { json, kiln, scratchFolder, spawnKiln, vectorPath } from '../test/cli.ts';
import { COMMANDS } from './commands.ts';

const folder = scratchFolder();
const SCRIPT = fileURLToPath(new URL('bin.js', import.meta.url));
const FOREVER = folder.write('forever.masm', 'begin push.1 while.true push.1 end end');

test('exit codes as a caller sees them: 0 done, 1 refused, 2 wrong usage', () => {
  const done = spawnKiln(['run', vectorPath('masm/fib_loop.masm'), '--stack', '0,1', '--json']);
  assert.deepEqual([done.code, done.err], [0, '']);
  assert.equal(json(done).cycles, 859);
  const refused = spawnKiln(['run', 'none.masm', '--json']);
  assert.deepEqual([refused.code, refused.err], [1, '']);
  assert.deepEqual(Object.keys(json(refused).error), ['stage', 'kind', 'message']);
  const usage = spawnKiln(['prove']);
  assert.deepEqual([usage.code, usage.out], [2, '']);
  assert.match(usage.err, /--out is missing/);
});

test('commands that are none, and help', async () => {
  for (const args of [[], ['nope'], ['vm'], ['vm', 'nope'], ['__proto__'], ['--nope']]) {
    const answer = await kiln([...args, '--json']);
    assert.equal(answer.code, 2);
    assert.equal(json(answer).error.kind, 'usage');
  }
  const { code, out } = await kiln(['help']);
  assert.equal(code, 0);
  for (const name of Object.keys(COMMANDS)) {
    assert.ok(out.includes(`  ${name} `), name);
    const help = await kiln([...name.split(' '), '--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^usage: kiln ${name}.*\n\n[A-Z].*\\.\n[^]*--json`));
  }
});

/** Sends `signal` after `ms` milliseconds to a run without end. */
async function interrupted(
  signal: NodeJS.Signals,
  ms: number,
): Promise<{ code: number | null; out: string }> {
  const args = [SCRIPT, 'run', FOREVER, '--max-cycles', String(2 ** 29), '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const timer = setTimeout(() => child.kill(signal), ms);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return { code, out };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends a run that would take long`, { skip: process.platform === 'win32' }, async () => {
    let answer = await interrupted(signal, 500);
    // On a busy machine the process may not have come to listen yet, and just dies.
    for (let ms = 1000; answer.code === null && ms < 20_000; ms *= 2) answer = await interrupted(signal, ms);
    assert.equal(answer.code, 1);
    assert.equal(JSON.parse(answer.out).error.kind, 'cancelled');
  });
}

test('an output that cannot be written is an error', { skip: !existsSync('/dev/full') }, () => {
  const answer = spawnKiln(['help'], ['ignore', openSync('/dev/full', 'w'), 'pipe']);
  assert.equal(answer.code, 1);
  assert.match(answer.err, /output cannot be written/);
});

test('programs reach the core library by its namespace, and odd sources are noted beside the result', async () => {
  const source = 'use ::kiln::core::u64\nconst UNUSED = 1\nbegin exec.u64::divmod end';
  const file = folder.write('divide.masm', source);
  const { code, out, err } = await kiln(['run', file, '--stack', '3,0,10,0']);
  assert.equal(code, 0);
  assert.match(out, /^stack +1 0 3 0 0/m);
  assert.match(err, /^kiln: note: the constant `UNUSED` is never used\n.*divide\.masm:2:7/m);
  assert.deepEqual(json(await kiln(['run', file, '--stack', '3,0,10,0', '--json'])).stack.slice(0, 3), [
    '1',
    '0',
    '3',
  ]);
});
