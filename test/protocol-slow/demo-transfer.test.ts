import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEIGHT_CLASSES } from '../../core/stark/profile.ts';
import { json, kiln } from '../cli.ts';

test('demo transfer: every transaction is proved so that nothing is told, and verified', async () => {
  const answer = await kiln(['demo', 'transfer', '--backend', 'cpu', '--json']);
  assert.equal(answer.code, 0, answer.out);
  const { transactions, balances } = json(answer);
  const kinds = [
    ...['create', 'create', 'mint', 'consume', 'send', 'create', 'create'],
    ...['swapOffer', 'swapAccept', 'consume'],
  ];
  assert.deepEqual(
    transactions.map(({ kind }: { kind: string }) => kind),
    kinds,
  );
  assert.equal(new Set(transactions.map(({ id }: { id: string }) => id)).size, kinds.length);
  for (const { kind, phases, heights, proofBytes, profile, verified, ms } of transactions) {
    assert.deepEqual([profile, verified], ['private', true]);
    const logHeights = heights.map(Math.log2);
    assert.ok(HEIGHT_CLASSES.some((each) => each.slice(0, 3).join() === logHeights.join()));
    assert.ok(proofBytes > 100_000 && ms.execute > 0 && ms.prove > 0 && ms.verify > 0);
    const sum = (part: string) =>
      phases.reduce((all: number, each: Record<string, number>) => all + each[part], 0);
    assert.ok(sum('coreRows') <= heights[0] && 32 * sum('compressions') <= heights[2]);
    if (kind === 'consume') assert.ok(sum('coreRows') <= 2 ** 13 && sum('compressions') <= 1024);
  }
  assert.deepEqual(balances, {
    faucet: { COIN: '0', SILVER: '0' },
    mine: { COIN: '0', SILVER: '0' },
    alice: { COIN: '60', SILVER: '20' },
    bob: { COIN: '90', SILVER: '5' },
  });
});
