import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { assemble } from '../core/assembly/assemble.ts';
import { readPackage } from '../core/assembly/package/format.ts';
import { programOf } from '../core/assembly/program.ts';
import { KilnError } from '../core/errors.ts';

const folder = (name: string): URL => new URL(`vectors/${name}/`, import.meta.url);
const sources = readdirSync(folder('masm')).map((name) =>
  readFileSync(new URL(name, folder('masm')), 'utf8'),
);
const packages = readdirSync(folder('mast'))
  .filter((name) => name.endsWith('.masp'))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder('mast')))));
const words = [...new Set(sources.join(' ').split(/\s+/))];

/** Runs something that may succeed, or fail with an error made for it. */
function survives(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof KilnError, error instanceof Error ? error.stack : String(error));
  }
}

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const edit = fc.record({
  at: fraction,
  remove: fc.nat(20),
  insert: fc.oneof(
    fc.string({ maxLength: 2 }),
    fc.constantFrom(...words).map((word) => ` ${word} `),
  ),
});

test('damaged sources assemble or are refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (source, edits) => {
        const text = edits.reduce((left, { at, remove, insert }) => {
          const start = Math.floor(at * left.length);
          return left.slice(0, start) + insert + left.slice(start + remove);
        }, source);
        survives(() => assemble({ program: { name: 'damaged.masm', text } }));
      },
    ),
    { numRuns: 4000 },
  );
});

test('damaged packages that still read can be linked and run, or are refused', () => {
  const change = fc.record({ at: fraction, value: fc.nat(255) });
  const users = [
    'begin syscall.double exec.::lib::f end',
    'begin exec.::$kernel::double end',
    'use ::$kernel begin nop end',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...packages),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...users),
      (original, changes, text) => {
        const bytes = original.slice();
        for (const { at, value } of changes) bytes[Math.floor(at * bytes.length)] = value;
        survives(() => {
          const pack = readPackage(bytes);
          const program = { name: 'user.masm', text };
          survives(() => programOf(pack));
          survives(() => assemble({ program, kernel: pack }));
          survives(() => assemble({ program, libraries: [{ package: pack, linkage: 'static' }] }));
        });
      },
    ),
    { numRuns: 4000 },
  );
});
