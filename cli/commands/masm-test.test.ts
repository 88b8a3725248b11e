import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { type Answer, json, kiln, scratchFolder } from '../../test/cli.ts';

const folder = scratchFolder();
const masmTest = (...args: string[]): Promise<Answer> => kiln(['masm', 'test', ...args]);

/** Runs the tests of one source that is in no library. */
let sources = 0;
const runSource = (text: string, ...args: string[]): Promise<Answer> =>
  masmTest(folder.write(`source_${sources++}.test.masm`, text), ...args);

test('tests reach what is private in the library around them, also below and beside a main module', async () => {
  for (const name of ['lib', 'lib/outer', 'lib/other']) mkdirSync(`${folder.path}/${name}`);
  folder.write('lib/mod.masm', 'mod outer\nproc three push.3 end');
  folder.write('lib/outer.masm', 'mod inner');
  folder.write('lib/outer/inner.masm', 'const FOUR = 4\nproc four push.FOUR end');
  folder.write('lib/main.masm', 'begin push.1 drop end');
  folder.write('lib/outer/inner.test.masm', '@test @leaves(4) proc four exec.::lib::outer::inner::four end');
  folder.write('lib/mod.test.masm', '@test @leaves(3) proc three exec.::lib::three end');
  folder.write('lib/.hidden.test.masm', 'not assembly');
  folder.write('lib/other/own.test.masm', '@test proc own push.1 drop end');
  const { passed, failed, tests } = json(await masmTest(`${folder.path}/lib`, '--json'));
  assert.deepEqual([passed, failed], [3, 0]);
  assert.deepEqual(
    tests.map(({ name, line, failure }: Record<string, unknown>) => [name, line, failure]),
    [
      ['three', 1, undefined],
      ['own', 1, undefined],
      ['four', 1, undefined],
    ],
  );
  folder.write('lib/outer.masm', 'mod inner\nmod lost');
  const answer = await masmTest(`${folder.path}/lib`, '--json');
  assert.deepEqual([answer.code, json(answer).error.kind], [1, 'undefined-symbol']);
});

test('stack, words and advice go in; what is left is compared whole', async () => {
  folder.write('some.advice.json', JSON.stringify({ stack: ['8'] }));
  const answer = await runSource(
    `
    @test @stack(1, [2, 3, 4, 5]) @advice(6, 7) @leaves(7, 6, 1, [2, 3, 4, 5])
    proc everything adv_push adv_push end
    @test @advice("some.advice.json") @leaves(8)
    proc file adv_push end
    @test @leaves(1)
    proc deep repeat.20 push.0 end push.1 end
    @test
    proc leak push.9 repeat.20 push.0 end end
    @test @leaves(1)
    proc other push.2 end
    proc no_test push.1 drop end`,
    '--json',
  );
  assert.equal(answer.code, 1);
  const { passed, failed, tests } = json(answer);
  assert.deepEqual([passed, failed], [3, 2]);
  assert.match(tests[3].failure.message, /left \[0, .*0, 9\] .* \[\]/);
  assert.match(tests[4].failure.message, /left \[2\] .* \[1\]/);
});

test('a failure shows the assertion, its text and its line', async () => {
  const text = '@test\nproc bad\n    push.2\n    push.3\n    assert_eq.err="two is not three"\nend';
  const { code, out } = await runSource(text);
  assert.equal(code, 1);
  assert.match(
    out,
    /FAIL bad +\d+ cycles +\S+test\.masm:1\n +An assertion failed: two is not three\.\n.*test\.masm:5:5\n/,
  );
  assert.match(out, /0 passed, 1 failed/);
});

test('an expected failure must come, and say what it should', async () => {
  const trap = (attributes: string, body: string): Promise<Answer> =>
    runSource(`@test ${attributes} proc trap ${body} end`, '--json');
  const kindOf = async (answer: Promise<Answer>): Promise<string> =>
    json(await answer).tests[0].failure?.kind;
  const stop = 'push.0 assert.err="the reason"';
  assert.equal(await kindOf(trap('@traps("reason")', stop)), undefined);
  assert.equal(await kindOf(trap('@traps("another")', stop)), 'stopped');
  assert.equal(await kindOf(trap('', stop)), 'stopped');
  assert.equal(await kindOf(trap('@traps("reason")', 'push.1 drop')), 'ran-on');
  assert.equal(await kindOf(trap('', 'push.1 while.true push.1 end')), 'stopped');
});

test('a test may not take more cycles than its limit', async () => {
  const body = 'proc slow repeat.50 push.1 drop end end';
  assert.equal((await runSource(`@test @cycles(200) ${body}`)).code, 0);
  const answer = await runSource(`@test @cycles(100) ${body}`, '--json');
  assert.equal(answer.code, 1);
  const [{ cycles, failure }] = json(answer).tests;
  assert.ok(cycles > 100 && cycles < 200);
  assert.equal(failure.kind, 'cycles');
});

test('events that nobody answers are left to @advice', async () => {
  const body = 'proc hinted emit.event("some::hint") adv_push end';
  assert.equal((await runSource(`@test @advice(5) @leaves(5) ${body}`)).code, 0);
});

test('what is given runs before, and neither its cycles count nor its failures as the expected ones', async () => {
  const answer = await runSource(
    `
    proc five push.5 mem_store.0 end
    proc long repeat.200 push.1 drop end end
    proc wrong push.0 assert.err="the reason" end
    @test @given(five, long) @stack(1, 2) @leaves(5, 1, 2) @cycles(10)
    proc reads_five mem_load.0 end
    @test @given(wrong) @traps("the reason")
    proc never_begins push.1 drop end`,
    '--json',
  );
  const { passed, tests } = json(answer);
  assert.equal(passed, 1);
  assert.match(tests[1].failure.message, /what @given names/);
});

test('constants stand for elements, words and events', async () => {
  const answer = await runSource(
    `
    const WORD = [1, 2, 3, 4]
    const FIVE = 2 + 3
    const ASK = event("some::question")
    @test @stack(WORD, FIVE) @events(ASK, WORD, FIVE, "other::event", 2) @leaves(2, 3, 4, FIVE)
    proc known emit.ASK drop emit.event("other::event") end`,
    '--json',
  );
  assert.deepEqual(json(answer).tests[0].failure, undefined);
});

test('events come as they should, with what they should find', async () => {
  const body = 'emit.event("a") push.7 emit.event("b") drop';
  const messages = [];
  for (const events of ['"a"', '"a", "b", 8', '"b"', '"a", "b", 7, 0, "c"']) {
    const answer = await runSource(`@test @events(${events}) proc x ${body} end`, '--json');
    const { failure } = json(answer).tests[0];
    assert.equal(failure.kind, 'events');
    messages.push(failure.message);
  }
  for (const [i, expected] of [
    /2 events, and should emit 1/,
    /"b", found \[7\] .* found \[8\]/,
    /Event 0 .* another/,
    /Event 2 .* not there/,
  ].entries())
    assert.match(messages[i], expected);
});

test('advice that is left is a failure', async () => {
  const answer = await runSource('@test @advice(5, 6) @leaves(5) proc x adv_push end', '--json');
  assert.match(json(answer).tests[0].failure.message, /left 1 elements of the advice/);
});

test('what tests of a library share stands in testing.test.masm', async () => {
  mkdirSync(`${folder.path}/shared`);
  folder.write('shared/mod.masm', 'proc three push.3 end');
  folder.write(
    'shared/testing.test.masm',
    'const FOUR = 4\nproc twice exec.::shared::three exec.::shared::three end',
  );
  folder.write(
    'shared/mod.test.masm',
    'use {FOUR, twice} from ::testing\n@test @given(idle) @stack(FOUR) @leaves(3, 3, 4) proc six exec.twice end\nproc idle nop end',
  );
  const { passed, failed } = json(await masmTest(`${folder.path}/shared`, '--json'));
  assert.deepEqual([passed, failed], [1, 0]);
});

test('syscalls go by the table that the test fills, also those of the protocol and of standard components', async () => {
  const answer = await runSource(
    `
    use ::kiln::protocol::account
    use ::kiln::standards::wallet
    use {API_ACCOUNT_ADD_ASSET} from ::kiln::protocol::constants
    use {SYSCALL, kernel} from ::kiln::testing
    @test @given(kernel) @advice(2, 11, 22) @leaves(11, 22) proc id exec.account::get_id end
    @test @given(kernel) @stack(1, 2, 3) @events(SYSCALL, API_ACCOUNT_ADD_ASSET, 1, 2, 3) @advice(0)
    proc receives call.wallet::receive_asset end
    proc own push.5 swap drop end
    proc table procref.own mem_storew_le.12 dropw end
    @test @given(table) @stack(3, 9) @leaves(5, 9) proc third syscall.exec_kernel_proc end
    @test @traps("that was not linked") proc nothing push.3 syscall.exec_kernel_proc end`,
    '--json',
  );
  assert.deepEqual(
    json(answer).tests.map(({ failure }: Record<string, unknown>) => failure),
    [undefined, undefined, undefined, undefined],
  );
});

test('attributes that make no sense are refused', async () => {
  const wrong = [
    '@test(1)',
    '@test @trap("x")',
    '@traps("x")',
    '@test @traps',
    '@test @traps("")',
    '@test @traps("x", "y")',
    '@test @traps("x") @leaves(1)',
    '@test @traps("x") @cycles(1)',
    '@test @cycles',
    '@test @cycles(1, 2)',
    '@test @cycles(max = 1)',
    '@test @cycles(536870913)',
    '@test @stack',
    '@test @stack("x")',
    '@test @stack(1, name)',
    `@test @stack(${new Array(17).fill(1).join()})`,
    '@test @advice("x", 1)',
    '@test @leaves(a = 1)',
    '@test @given',
    '@test @given(5)',
    '@test @given(nobody)',
    '@test @events(5)',
    '@test @events(x = "a")',
    '@test @events("a", name)',
  ];
  for (const attributes of wrong) {
    const answer = await runSource(`${attributes} proc x push.1 drop end`, '--json');
    assert.deepEqual([answer.code, json(answer).error?.kind], [1, 'invalid-attribute'], attributes);
  }
});

test('a filter chooses by name; nothing to test is a failure', async () => {
  const two = '@test proc first push.1 drop end\n@test proc second push.1 drop end';
  assert.deepEqual(json(await runSource(two, '--filter', 'sec', '--json')).passed, 1);
  for (const answer of [
    await runSource(two, '--filter', 'third', '--json'),
    await runSource('proc x push.1 drop end', '--json'),
    await masmTest(`${folder.path}/lib/outer/none`, '--json'),
  ])
    assert.equal(answer.code, 1);
  assert.equal((await runSource('@test proc broken frobnicate end')).code, 1);
});

test('missing files, also of advice, are told', async () => {
  assert.equal(json(await masmTest(`${folder.path}/none.test.masm`, '--json')).error.kind, 'file');
  const lost = await runSource('@test @advice("none.json") proc x push.1 drop end', '--json');
  assert.equal(json(lost).error.kind, 'file');
});
