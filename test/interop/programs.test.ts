import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Judge } from './judge.ts';
import { generateProgram } from './program-generator.ts';
import { Random } from './random.ts';
import { fingerprint } from './run.ts';

const GENERATED = 48;
const SEED = 20_261_122;

const judge = new Judge();
const folder = mkdtempSync(join(tmpdir(), 'kiln-'));
after(() => {
  judge.close();
  rmSync(folder, { recursive: true });
});

const stackInputs = Array.from({ length: 16 }, (_, i) => String(3 * i + 1));

test(`${GENERATED} generated programs: digest, stack, cycles and every column are the official ones`, async () => {
  const random = new Random(SEED);
  let cycles = 0;
  for (let i = 0; i < GENERATED; i++) {
    const file = join(folder, `generated-${i}.masm`);
    writeFileSync(file, generateProgram(random, 10 + 4 * i));
    const official = await judge.ask({ op: 'run', file, stackInputs });
    assert.equal(
      official.error,
      undefined,
      `${JSON.stringify(official.error)}\n${readFileSync(file, 'utf8')}`,
    );
    const own = fingerprint({ file, stackInputs });
    assert.deepEqual(own, official, readFileSync(file, 'utf8'));
    cycles += own.cycles;
  }
  assert.ok(cycles > 4_000, 'the programs do something');
});

const EXAMPLES = fileURLToPath(new URL('../programs/', import.meta.url));

for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith('.masm'))) {
  test(`${name}: digest, stack, cycles and every column are the official ones`, async () => {
    const request = { file: join(EXAMPLES, name), stackInputs };
    const official = await judge.ask({ op: 'run', ...request });
    assert.equal(official.error, undefined);
    assert.deepEqual(fingerprint(request), official);
  });
}
