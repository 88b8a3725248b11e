import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Phase } from '../../core/stark/backend.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { proveExecution } from '../../core/stark/miden/prove.ts';
import { verify } from '../../core/stark/miden/verify.ts';
import { midenProfile } from '../../core/stark/profile.ts';
import { prove } from '../../core/stark/prover.ts';
import { ReferenceBackend } from '../../core/stark/reference/backend.ts';
import { toy } from '../../core/stark/toy-airs.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { type PageKind, TestBrowser, withoutChromium } from './chromium.ts';
import type { Harness, Order } from './harness.ts';
import { runToProve } from './job.ts';

declare const harness: Harness;

const source = readFileSync(new URL('../vectors/masm/fib_loop.masm', import.meta.url), 'utf8');
const program = { source, stack: ['0', '1'] };
const HASHES = ['eidos', 'blake3'] as const;

const PHASES: readonly Phase[] = [
  'trace',
  'commit-main',
  'lookup',
  'commit-aux',
  'constraints',
  'commit-quotient',
  'deep',
  'fri',
  'queries',
];

async function provedByNode(hash: Order['hash']): Promise<Uint8Array> {
  const backend = new CpuBackend({ host: nodeWorkerHost });
  try {
    const { claim, traces } = runToProve(program);
    return await proveExecution(claim, traces, { profile: midenProfile(hash), backend });
  } finally {
    await backend.close();
  }
}

/** Chromium's own software GPU, which WebGPU offers on request. */
const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

describe('WebGPU in Chromium', { skip: withoutChromium, timeout: 600_000 }, () => {
  let browser: TestBrowser;
  before(async () => {
    browser = await TestBrowser.start(SOFTWARE_GPU);
  });
  after(() => browser?.close());

  for (const hash of HASHES) {
    test(`${hash}: the reference backend's proof of the toy AIRs, byte for byte`, async () => {
      const page = await browser.open('isolated');
      const { proof, description } = await page.evaluate((each) => harness.proveToy(each), hash);
      assert.match(description, /software/);
      const backend = new ReferenceBackend();
      const expected = await prove({ ...toy(6), profile: midenProfile(hash), backend });
      assert.ok(Buffer.from(proof).equals(expected));
      await page.close();
    });
  }
});

describe('the proving page in Chromium', { skip: withoutChromium, timeout: 300_000 }, () => {
  let browser: TestBrowser;
  before(async () => {
    browser = await TestBrowser.start();
  });
  after(() => browser?.close());
  const withPage = async (kind: PageKind, work: (page: Page) => Promise<void>) => {
    const page = await browser.open(kind);
    try {
      await work(page);
    } finally {
      await page.close();
    }
  };
  const proveIn = (page: Page, order: Order) => page.evaluate((each) => harness.prove(each), order);

  for (const kind of ['isolated', 'plain'] as const) {
    for (const hash of HASHES) {
      test(`${kind} page, ${hash}: the bytes Node's cpu backend gives, and the page stays awake`, () =>
        withPage(kind, async (page) => {
          const { proof, description, phases, notes, turns } = await proveIn(page, {
            ...program,
            hash,
            backend: 'cpu',
          });
          assert.match(description, kind === 'plain' ? / 1 thread$/ : / threads$/);
          assert.deepEqual([phases.toSorted(), notes], [PHASES.toSorted(), []]);
          assert.ok(Buffer.from(proof).equals(await provedByNode(hash)));
          assert.ok(turns >= 10, `the page had ${turns} turns`);
        }));
    }
  }

  test('isolated page: a private proof, with randomness of its own each time, is accepted', () =>
    withPage('isolated', async (page) => {
      const order: Order = { ...program, profile: 'private', hash: 'blake3', backend: 'cpu' };
      const { claim } = runToProve(program);
      const proofs = [await proveIn(page, order), await proveIn(page, order)];
      for (const { proof } of proofs) verify(claim, Uint8Array.from(proof), { profile: 'private' });
      assert.notDeepEqual(proofs[0].proof, proofs[1].proof);
    }));

  test('without a GPU the proof is made on the CPU, and that is said', () =>
    withPage('isolated', async (page) => {
      const { backend, notes } = await proveIn(page, { ...program, hash: 'eidos' });
      assert.equal(backend, 'cpu');
      assert.match(notes.join(), /^webgpu: .* Proving goes on with cpu\.$/);
    }));

  test('a cancelled proof ends within 200 ms, and the next one is made', () =>
    withPage('isolated', async (page) => {
      const order: Order = { ...program, hash: 'eidos', backend: 'cpu' };
      for (const phase of ['commit-main', 'constraints', 'deep'] as const) {
        const { kind, ms } = await page.evaluate(([p, o]) => harness.cancelIn(p, o), [phase, order] as const);
        assert.equal(kind, 'cancelled', phase);
        assert.ok(ms < 200, `${phase}: ${ms} ms`);
      }
      assert.equal((await proveIn(page, order)).backend, 'cpu');
    }));

  test('the cpu backend conforms in a page', () =>
    withPage('isolated', (page) => page.evaluate(() => harness.conform())));

  test('a prover whose thread cannot start says so', async () => {
    const page = await browser.open('isolated', (fresh) =>
      fresh.route('**/worker-*.js', (route) => route.abort()),
    );
    const kind = await page.evaluate((order) => harness.failureOf(order), {
      ...program,
      hash: 'eidos',
    } as const);
    assert.equal(kind, 'prover-gone');
    await page.close();
  });
});
