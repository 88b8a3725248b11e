import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import { runAtOnce } from '../../core/pace.ts';
import { checkingState } from '../../operator/state/check.ts';
import { State } from '../../operator/state/state.ts';
import { inOwnFolder } from '../operator/operators.ts';

const KILLS = Number(process.env['KILLS'] ?? 200);
/** More than one life can submit. */
const ACCOUNTS_PER_LIFE = 100_000;
const VICTIM = fileURLToPath(new URL('./victim.ts', import.meta.url));

/** Runs an operator and kills it after a random while; resolves to what it acknowledged. */
function life(folder: string, first: number): Promise<string[]> {
  const victim: ChildProcess = spawn(process.execPath, [VICTIM, folder, `${first}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  return new Promise((resolve, reject) => {
    createInterface(victim.stdout!).on('line', (line) => {
      if (line !== 'ready') acknowledged.push(line);
      else setTimeout(() => victim.kill('SIGKILL'), Math.random() * 250);
    });
    victim.once('error', reject);
    victim.once('close', (code, signal) =>
      signal === 'SIGKILL'
        ? resolve(acknowledged)
        : reject(new Error(`the operator ended by itself with ${code}`)),
    );
  });
}

/** The word of which `wordKey` made this. */
function wordOf(key: string): Word {
  const [a, b, c, d] = [0, 16, 32, 48].map((at) => BigInt(`0x${key.slice(at, at + 16)}`));
  return [a, b, c, d];
}

test(`an operator killed ${KILLS} times loses nothing it acknowledged, and does nothing twice`, async () => {
  await inOwnFolder(async (folder) => {
    let acknowledged = 0;
    for (let i = 0; i < KILLS; i++) {
      const told = await life(folder, i * ACCOUNTS_PER_LIFE);
      acknowledged += told.length;
      const state = State.open(folder)!;
      const { database } = state;
      const waits = database.prepare('SELECT 1 FROM waiting WHERE id = ?').pluck();
      for (const id of told)
        assert.ok(
          state.blocks.transaction(wordOf(id)) ?? waits.get(wordToBytes(wordOf(id))),
          `transaction ${id} was acknowledged and is lost`,
        );
      // In blocks and among those that wait an id is there once; in both it must not be.
      const both = database.prepare('SELECT count(*) FROM waiting JOIN transactions USING (id)').pluck();
      assert.equal(both.get(), 0, 'a transaction is in a block and waits for one');
      if (i % 25 === 24 || i === KILLS - 1)
        assert.ok(
          runAtOnce(checkingState(state)).every(({ ok }) => ok),
          'the state is damaged',
        );
      // As a crash leaves it: nothing is written on the way out.
      state.database.close();
    }
    console.log(`${KILLS} kills, ${acknowledged} transactions acknowledged`);
    assert.ok(acknowledged > KILLS);
  });
});
