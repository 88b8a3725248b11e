import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Phase } from '../core/stark/backend.ts';
import { Output } from './output.ts';
import { overallFraction, ProgressBar } from './progress.ts';

const PHASES: readonly Phase[] = [
  ...(['trace', 'commit-main', 'lookup', 'commit-aux', 'constraints', 'commit-quotient'] as const),
  ...(['deep', 'fri', 'queries'] as const),
];

/** An output on a terminal of `columns` columns, and what it wrote. */
function terminal(columns: number, json = false): { output: Output; text: () => string } {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  return { output: new Output(json, { write }, { write, isTTY: true, columns }), text: () => text };
}

test('phases fill the whole in their order', () => {
  const fractions = PHASES.flatMap((phase) => [overallFraction(phase, 0), overallFraction(phase, 1)]);
  assert.equal(fractions[0], 0);
  assert.ok(Math.abs(fractions[fractions.length - 1] - 1) < 1e-9);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
});

test('the bar shows phase and share, fits the line, and is cleared before anything else is said', () => {
  const { output, text } = terminal(40);
  const bar = new ProgressBar(output);
  bar.onProgress('constraints', 0.5);
  assert.match(text(), /\[#+\.+\] +\d+% {2}eval/);
  for (const line of text().split('\r')) assert.ok(line.replace('\x1b[K', '').length < 40);
  output.line('done');
  assert.ok(text().endsWith('\r\x1b[Kdone\n'));
  assert.deepEqual(Object.keys(bar.times), ['constraints']);
});

test('nothing is drawn for a machine', () => {
  const { output, text } = terminal(80, true);
  new ProgressBar(output).onProgress('fri', 1);
  output.status('running');
  output.line('a line');
  assert.equal(text(), '');
});

test('exactly one JSON value is printed', () => {
  const { output, text } = terminal(80, true);
  output.result({ big: 2n ** 63n });
  output.error(new Error('late'));
  assert.equal(text(), '{"big":"9223372036854775808"}\n');
});
