import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { blockWith, kernel, SECRET, script, wallet } from './transactions.ts';

const account = wallet();
const { block } = blockWith();
const run = (body: string) =>
  executeTransaction(
    kernel,
    { account, block, script: script(body, ['kiln::protocol::tx']) },
    { secret: () => SECRET },
  );

test('a transaction expires when the first of its scripts says so', () => {
  assert.equal(run('exec.tx::get_expiration_delta assertz').expirationBlock, 2 ** 32 - 1);
  const limited =
    'push.9 exec.tx::update_expiration_delta push.5 exec.tx::update_expiration_delta push.7 exec.tx::update_expiration_delta';
  assert.equal(run(`${limited} exec.tx::get_expiration_delta eq.5 assert`).expirationBlock, block.number + 5);
  assert.equal(run('push.65535 exec.tx::update_expiration_delta').expirationBlock, block.number + 65_535);
  for (const delta of ['0', '65536', '4294967296'])
    assert.throws(() => run(`push.${delta} exec.tx::update_expiration_delta`), /1 to 65535/);
  const late = blockWith([], { number: 2 ** 32 - 2 }).block;
  const tx = script('push.2 exec.tx::update_expiration_delta', ['kiln::protocol::tx']);
  assert.throws(
    () => executeTransaction(kernel, { account, block: late, script: tx }, { secret: () => SECRET }),
    /chain ends/,
  );
});

test('a script sees the reference block', () => {
  run(
    `exec.tx::get_block_number eq.${block.number} assert exec.tx::get_block_timestamp eq.${block.timestamp} assert`,
  );
});
