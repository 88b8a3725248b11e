import { randomWord } from '../../core/hash/random-word.ts';
import { runPaced } from '../../core/pace.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { describeTransaction } from '../../core/protocol/describe.ts';
import type { DescribedAsset } from '../../core/protocol/description/assets.ts';
import { executingTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import { fungibleFaucet } from '../../core/protocol/standards/faucet.ts';
import { mintingScript } from '../../core/protocol/standards/mint.ts';
import { p2idNote } from '../../core/protocol/standards/p2id.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import { swapNote } from '../../core/protocol/standards/swap.ts';
import { transactionWitness } from '../../core/protocol/transaction/executed-transaction.ts';
import type { InputNote } from '../../core/protocol/transaction/note-lists.ts';
import { countingPhaseCosts } from '../../core/protocol/transaction/phase-costs.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import type { Backend } from '../../core/stark/backend.ts';
import { BACKEND_OPTIONS, backendChoice, withBackend } from '../backends.ts';
import type { Command } from '../command.ts';
import { newOwner, type Owner } from '../demo/accounts.ts';
import { DemoChain } from '../demo/chain.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { round } from '../phase-clock.ts';
import { ProgressBar } from '../progress.ts';
import { transactionKernel } from '../transaction-kernel.ts';

const PROFILE = 'private';
const [COIN, SILVER] = (['COIN', 'SILVER'] as const).map((symbol) => ({
  symbol,
  decimals: 0,
  maxSupply: 1_000_000n,
}));

/** What a transaction does; `create` for an account's first, whatever else it does. */
type Kind = 'create' | 'mint' | 'send' | 'consume' | 'swapOffer' | 'swapAccept';

export const demoTransfer: Command = {
  summary:
    'Mints, sends, consumes and swaps by private notes between new accounts; proves and verifies each transaction.',
  usage: '[options]',
  options: BACKEND_OPTIONS,
  async run(options, output, signal) {
    options.noOperands();
    const done = await withBackend(
      backendChoice(options),
      (text) => output.note(text),
      (backend) => transfer(backend, output, signal),
    );
    output.result(done);
    return EXIT.done;
  },
};

/** There is no network here: blocks are made up to hold the notes, and no state is kept but the owners' own. */
async function transfer(backend: Backend, output: Output, signal: AbortSignal) {
  const kernel = transactionKernel();
  const chain = new DemoChain();
  const faucet = await newOwner('faucet', kernel, signal, fungibleFaucet(kernel, COIN));
  const mine = await newOwner('mine', kernel, signal, fungibleFaucet(kernel, SILVER));
  const [alice, bob] = [await newOwner('alice', kernel, signal), await newOwner('bob', kernel, signal)];
  const owners = [faucet, mine, alice, bob];
  const nameOf = (id: string) => owners.find(({ account }) => account.id.toString() === id)?.name ?? id;
  for (const { name, account } of owners) output.line(`${name}: ${account.id}, private, new`);

  const coins = (amount: bigint) => Asset.fungible(faucet.account.id, amount);
  const silver = (amount: bigint) => Asset.fungible(mine.account.id, amount);
  const symbolOf = (id: string) => (id === faucet.account.id.toString() ? COIN : SILVER).symbol;
  const paying = (from: Owner, to: Owner, asset: Asset): Note => {
    const [first, second] = randomWord();
    return p2idNote(kernel, {
      sender: from.account.id,
      target: to.account.id,
      serial: randomWord(),
      salt: [first, second],
      assets: [asset],
    });
  };

  const transactions: Awaited<ReturnType<typeof submit>>[] = [];
  const submit = async (owner: Owner, kind: Kind, inputs: Partial<TransactionInputs>) => {
    const isNew = owner.account.isNew;
    const started = performance.now();
    const all = { account: owner.account, block: chain.block, ...inputs };
    const executed = await runPaced(executingTransaction(kernel, all, { secret: () => owner.secret }), {
      signal,
    });
    const execute = performance.now() - started;
    const phases = await runPaced(countingPhaseCosts(executed), { signal });

    const proving = performance.now();
    const bar = new ProgressBar(output);
    const { transaction, logHeights } = await proveTransaction(transactionWitness(executed), {
      backend,
      signal,
      onProgress: bar.onProgress,
    });
    const prove = performance.now() - proving;
    output.status();

    // As an operator does: from bytes, and the block as it has it.
    const bytes = transaction.toBytes();
    const verifying = performance.now();
    verifyTransaction(ProvenTransaction.fromBytes(bytes), {
      kernel: kernelIdentity(kernel.program),
      block: chain.block,
    });
    const verify = performance.now() - verifying;
    owner.account = executed.account;

    const { id, made, consumed, changes } = describeTransaction(executed, kernel, logHeights);
    const ms = { execute: round(execute), prove: round(prove), verify: round(verify) };
    const name = isNew ? 'create' : kind;
    const amounts = (assets: readonly DescribedAsset[]) =>
      assets.map((each) => `${each.amount} ${symbolOf(each.faucet)}`).join();
    output.line(`${transactions.length + 1}. ${owner.name}: ${name}, transaction ${id}`);
    for (const note of consumed)
      output.line(`   takes ${amounts(note.assets)} that ${nameOf(note.from)} sent`);
    for (const { assets, to, script } of made)
      output.line(
        script.kind === 'SWAP'
          ? `   offers ${amounts(assets)} for ${amounts([script.asset])}`
          : `   sends ${amounts(assets)} to ${to ? nameOf(to) : 'somebody'}`,
      );
    for (const { faucet: issuer, before, after } of changes)
      output.line(`   owns ${after} ${symbolOf(issuer)}, before ${before}`);
    output.line(
      `   told: account, ${consumed.length} consumed and ${made.length} made, tags ${made.map(({ tag }) => tag).join() || 'none'}, heights 2^${logHeights.join(', 2^')}`,
    );
    for (const { name: phase, rows, compressions, chipletRows } of phases)
      output.line(
        `   ${phase.padEnd(10)}${String(rows).padStart(7)} rows${String(compressions).padStart(6)} compressions${String(chipletRows).padStart(7)} chiplet rows`,
      );
    output.line(
      `   proved in ${(prove / 1000).toFixed(1)} s, ${transaction.proof.length} bytes, verified in ${ms.verify} ms`,
    );
    return {
      id,
      kind: name,
      account: owner.name,
      phases: phases.map(({ name: phase, rows, compressions, chipletRows }) => ({
        name: phase,
        coreRows: rows,
        compressions,
        chipletRows,
      })),
      heights: logHeights.map((log) => 2 ** log),
      proofBytes: transaction.proof.length,
      profile: PROFILE,
      verified: true,
      ms,
    };
  };
  const mint = async (issuer: Owner, to: Owner, asset: Asset): Promise<Note> => {
    const note = paying(issuer, to, asset);
    const script = mintingScript(kernel, [note]);
    transactions.push(await submit(issuer, 'mint', { script, recipients: [note.recipient] }));
    return note;
  };
  const send = async (from: Owner, note: Note, kind: Kind = 'send'): Promise<Note> => {
    transactions.push(await submit(from, kind, sendingNotes(kernel, [note])));
    return note;
  };
  const consume = async (
    owner: Owner,
    notes: readonly InputNote[],
    kind: Kind = 'consume',
  ): Promise<void> => {
    transactions.push(await submit(owner, kind, { notes }));
  };

  await consume(alice, chain.add(await mint(faucet, alice, coins(100n))));
  await consume(alice, chain.add(await mint(faucet, alice, coins(50n))));
  const sent = await send(alice, paying(alice, bob, coins(60n)));
  await consume(bob, chain.add(sent, await mint(mine, bob, silver(25n))));

  // Alice asks for silver; who has it takes her coins, and what pays her is known to nobody else.
  const [first, second] = randomWord();
  const offer = swapNote(kernel, {
    sender: alice.account.id,
    serial: randomWord(),
    offered: coins(30n),
    requested: silver(20n),
    payback: { type: 'private', serial: randomWord(), salt: [first, second] },
  });
  await consume(bob, chain.add(await send(alice, offer.note, 'swapOffer')), 'swapAccept');
  await consume(alice, chain.add(offer.payback(bob.account.id)));

  const balances = Object.fromEntries(
    owners.map(({ name, account }) => [
      name,
      {
        [COIN.symbol]: account.vault.amountOf(coins(1n).id),
        [SILVER.symbol]: account.vault.amountOf(silver(1n).id),
      },
    ]),
  );
  for (const [name, amounts] of Object.entries(balances)) {
    const owned = Object.entries(amounts).map(([symbol, amount]) => `${amount} ${symbol}`);
    output.line(`${name} owns ${owned.join(', ')}`);
  }
  return { backend: backend.name, transactions, balances };
}
