import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KilnError } from '../../core/errors.ts';
import { wordKey } from '../../core/hash/word.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { mintingScript } from '../../core/protocol/standards/mint.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import type { Backend } from '../../core/stark/backend.ts';
import { practiceNetwork } from '../../operator/genesis/practice.ts';
import { Operator } from '../../operator/operator.ts';
import { State } from '../../operator/state/state.ts';
import { Follower } from '../../operator/sync/follower.ts';
import { VerifierPool } from '../../operator/verify/pool.ts';
import { BACKEND_OPTIONS, backendChoice, withBackend } from '../backends.ts';
import type { Command } from '../command.ts';
import { newOwner, type Owner } from '../demo/accounts.ts';
import { ChainClient } from '../demo/chain-client.ts';
import { DemoWallets } from '../demo/rollup.ts';
import { allBlocks, type Check, checkRollup } from '../demo/rollup-checks.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { transactionKernel } from '../transaction-kernel.ts';
import { VERSION } from '../version.ts';

const now = (): number => Math.floor(Date.now() / 1000);

export const demoRollup: Command = {
  summary: 'Accounts, notes, proofs and blocks on a network of its own, and everything recomputed.',
  usage: '[options]',
  example: 'kiln demo rollup --json',
  options: BACKEND_OPTIONS,
  async run(options, output, signal) {
    options.noOperands();
    const folder = mkdtempSync(join(tmpdir(), 'kiln-demo-'));
    try {
      const done = await withBackend(
        backendChoice(options),
        (text) => output.note(text),
        (backend) => rollup(folder, backend, output, signal),
      );
      output.result(done);
      return done.checks.every(({ ok }) => ok) ? EXIT.done : EXIT.refused;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function rollup(folder: string, backend: Backend, output: Output, signal: AbortSignal) {
  const kernel = transactionKernel();
  const alice = await newOwner('alice', kernel, signal);
  const practice = await practiceNetwork(kernel, { newcomer: alice.account.id, timestamp: now(), signal });
  const issuer: Owner = { name: 'issuer', ...practice.issuer };
  const bob: Owner = { name: 'bob', ...practice.neighbour };
  const operator = Operator.open(
    { folder: join(folder, 'operator'), kernel, validators: [practice.validatorSecret], version: VERSION },
    practice.source,
  );
  try {
    const client = new ChainClient(operator, operator.network.validators);
    const wallets = new DemoWallets({ kernel, backend, operator, client, output, signal });
    const block = async (): Promise<number> => {
      const { number } = operator.makeBlock();
      await client.sync();
      output.line(`block ${number}`);
      return number;
    };
    await client.sync();
    for (const { name, account } of [alice, bob, issuer])
      output.line(`${name}: ${account.id}, ${account.id.type}`);

    // Three transactions one on the other, before any of them is in a block.
    const gift = { note: practice.gift, block: 1 };
    await wallets.consume(alice, 'create', [gift.note]);
    const payments = [100_00n, 50_00n, 25_00n].map((amount) => wallets.paying(alice, bob, issuer, amount));
    const sent = await wallets.submit(alice, 'send', sendingNotes(kernel, payments));
    const [erased, ...others] = payments;
    await wallets.consume(bob, 'consume', [erased]);
    await block();

    const minted = wallets.paying(issuer, alice, issuer, 500_00n);
    const script = mintingScript(kernel, [minted]);
    await wallets.submit(issuer, 'mint', { script, recipients: [minted.recipient] });
    await block();

    await wallets.consume(bob, 'consume', others);
    const refusals: Check[] = [];
    await wallets.consume(alice, 'consume', [minted], async (bytes) => {
      refusals.push(...(await refusing(operator, sent.bytes, bytes)));
    });
    const third = await block();
    const epochBlocks = 2 ** operator.state.epochLogBlocks;
    while (operator.state.tip.number + 1 < epochBlocks) operator.makeBlock();
    await client.sync();
    output.line(`block ${operator.state.tip.number}, the last of its epoch`);

    const second = State.create(join(folder, 'second'), operator.network.genesis);
    const verifier = new VerifierPool(kernelIdentity(kernel.program));
    try {
      const { network } = operator;
      const follower = new Follower({
        state: second,
        network,
        source: operator,
        verifier,
        standards: kernel,
      });
      await follower.catchUp({ signal });
      const checks = [
        ...(await checkRollup({
          ...{ kernel, operator, second, erased },
          accounts: [alice.account, bob.account, issuer.account],
          issuer: issuer.account.id,
          consumed: [gift, ...[...others, minted].map((note) => ({ note, block: third }))],
        })),
        ...refusals,
      ];
      for (const { name, ok } of checks) output.line(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
      return {
        backend: backend.name,
        ...(await told(operator)),
        transactions: wallets.transactions.map(({ bytes, ...rest }) => ({ ...rest, bytes: bytes.length })),
        balances: Object.fromEntries([alice, bob].map(({ name, account }) => [name, total(account)])),
        checks,
      };
    } finally {
      await verifier.close();
      second.close();
    }
  } finally {
    await operator.close();
  }
}

const total = ({ vault }: Account): bigint => vault.assets.reduce((sum, { amount }) => sum + amount, 0n);

/** What an operator must refuse of a transaction that it has not seen, and what it must answer as before. */
async function refusing(operator: Operator, sent: Uint8Array, next: Uint8Array): Promise<Check[]> {
  const { waiting } = operator;
  const refused = async (bytes: Uint8Array): Promise<boolean> => {
    try {
      await operator.submit(bytes);
      return false;
    } catch (error) {
      return error instanceof KilnError && operator.waiting === waiting;
    }
  };
  const again = await operator.submit(sent);
  const middle = next.length >> 1;
  return [
    {
      name: 'a transaction submitted again changes nothing',
      ok: again !== undefined && operator.waiting === waiting,
    },
    { name: 'one with another byte is refused', ok: await refused(next.with(middle, next[middle] ^ 1)) },
    { name: 'one that is cut short is refused', ok: await refused(next.subarray(0, -1)) },
  ];
}

/** Blocks, epochs and roots as everybody sees them. */
async function told(operator: Operator) {
  const published = await allBlocks(operator);
  const hex = (word: Parameters<typeof wordKey>[0]): string => `0x${wordKey(word)}`;
  const { tip } = operator.state;
  const record = await operator.epoch(0);
  return {
    blocks: published
      .map(({ block: { header, body, commitment } }) => ({
        number: header.number,
        commitment: hex(commitment),
        transactions: body.batches.reduce((sum, batch) => sum + batch.transactions.length, 0),
        notes: body.batches.reduce((sum, batch) => sum + batch.notes.length, 0),
        nullifiers: body.nullifiers.length,
      }))
      // The others are empty: nothing but their header.
      .filter(({ number, transactions }) => number === 0 || transactions > 0 || number === tip.number),
    epochs: record
      ? [{ epoch: record.epoch, firstBlock: record.firstBlock, blockCount: record.blockCount }]
      : [],
    roots: {
      account: hex(tip.accountRoot),
      nullifier: hex(tip.nullifierRoot),
      chain: hex(operator.state.chain.commitment()),
    },
  };
}
