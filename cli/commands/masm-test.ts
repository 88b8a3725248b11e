import { KilnError } from '../../core/errors.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { staged } from '../staged.ts';
import { loadTests, runTest, type TestOutcome, testFiles } from '../unit-tests.ts';

export const masmTest: Command = {
  summary: 'Runs unit tests in Miden assembly: the procedures with @test in files *.test.masm.',
  usage: '[PATH..] [options]',
  options: {
    filter: { value: 'TEXT', help: 'only tests whose name contains it' },
  },
  async run(options, output, signal) {
    const filter = options.text('filter') ?? '';
    const paths = options.operands.length > 0 ? options.operands : ['.'];
    const outcomes: TestOutcome[] = [];
    for (const path of testFiles(paths)) {
      output.status(`assembling ${path}`);
      const tests = await staged('assemble', () => loadTests(path));
      for (const test of tests.filter(({ name }) => name.includes(filter))) {
        const outcome = await staged('execute', () => runTest(test, signal));
        if (outcome.file !== outcomes.at(-1)?.file) output.line(outcome.file);
        outcomes.push(outcome);
        report(outcome, output);
      }
    }
    if (outcomes.length === 0) throw nothingToTest(paths);
    const failed = outcomes.filter(({ failure }) => failure).length;
    const passed = outcomes.length - failed;
    output.line(`${passed} passed, ${failed} failed`);
    output.result({ passed, failed, tests: outcomes });
    return failed > 0 ? EXIT.refused : EXIT.done;
  },
};

function report({ file, line, name, cycles, failure }: TestOutcome, output: Output): void {
  const place = failure ? `  ${file}:${line}` : '';
  output.line(
    `  ${failure ? 'FAIL' : 'ok  '} ${name.padEnd(56)} ${String(cycles).padStart(7)} cycles${place}`,
  );
  for (const text of [failure?.message, failure?.place, failure?.details])
    if (text) output.line(text.replace(/^/gm, '       '));
}

/** A run without tests is most likely a wrong path, and must not pass for a good one. */
const nothingToTest = (paths: readonly string[]): KilnError =>
  new KilnError('no-tests', 'There is no test.', {
    details: paths.join(', '),
    advice: 'Tests are procedures with the attribute @test, in files whose names end in .test.masm.',
  });
