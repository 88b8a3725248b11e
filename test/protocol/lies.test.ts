import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { attempt } from './hostile.ts';
import { tellLies } from './lies.ts';
import { blockWith, newAccount, p2id, sending, wallet } from './transactions.ts';

/** LIES=10000 for as many as one likes; `npm run test:protocol` tells as many. */
tellLies(Number(process.env['LIES'] ?? 1000));

const faucet = newAccount({ seed: 9 }).id;
const coins = [Asset.fungible(faucet, 40n), Asset.fungible(newAccount({ seed: 8 }).id, 3n)];
const alice = wallet(coins);

test('all there is of an asset cannot be spent twice through two entries of the ledger', () => {
  const notes = [[coins[0]], [coins[1], coins[0]]].map((assets, i) =>
    p2id(alice.id, faucet, assets, BigInt(i)),
  );
  let count = 0n;
  const spend = (): unknown =>
    attempt({
      account: alice,
      block: blockWith().block,
      script: sending(notes),
      // Whenever an asset leaves the vault, the host says that it has no entry.
      lies: { ledgerIndex: () => [count++] },
    });
  assert.throws(spend, /do not ascend/);
  assert.equal(count, 3n);
});
