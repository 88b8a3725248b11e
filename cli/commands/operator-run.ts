import pino from 'pino';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { BlockClock } from '../../operator/block/clock.ts';
import { NetworkRunner } from '../../operator/network/runner.ts';
import { Operator } from '../../operator/operator.ts';
import { serveOperator } from '../../operator/rpc/server.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readBytes } from '../files.ts';
import { readSecret, readSecretKey } from '../secret-file.ts';
import { transactionKernel } from '../transaction-kernel.ts';
import { UsageError } from '../usage.ts';
import { VERSION } from '../version.ts';

const DEFAULT_PORT = 57_291;
const MAX_GENESIS_BYTES = 2 ** 26;

export const operatorRun: Command = {
  summary: 'Runs an operator until it is stopped.',
  usage: '--folder DIR --validator-key FILE [options]',
  example: 'kiln operator run --folder state --genesis genesis.json --validator-key validator.key',
  options: {
    folder: { value: 'DIR', help: 'where its databases are' },
    genesis: { value: 'FILE', help: 'begins this network if the folder is empty' },
    'validator-key': { value: 'FILE', multiple: true, help: 'secret key of a validator that signs here' },
    host: { value: 'HOST', help: 'address to listen on (127.0.0.1 if not given)' },
    port: { value: 'N', help: `port to listen on (${DEFAULT_PORT} if not given, 0 for any)` },
    'token-file': { value: 'FILE', help: 'clients must show the access token in this file' },
    'tls-certificate': { value: 'FILE', help: 'PEM; with it and the key it speaks TLS' },
    'tls-key': { value: 'FILE', help: 'PEM' },
    interval: { value: 'SECONDS', help: 'from block to block (3 if not given)' },
  },
  async run(options, output, signal) {
    options.noOperands();
    const folder = options.required('folder');
    const [genesisPath, tokenPath] = [options.text('genesis'), options.text('token-file')];
    const [certificate, key] = [options.text('tls-certificate'), options.text('tls-key')];
    if ((certificate === undefined) !== (key === undefined))
      throw new UsageError('--tls-certificate and --tls-key go together');
    const interval = options.integer('interval', 1, 3600) ?? 3;
    const host = options.text('host') ?? '127.0.0.1';
    const port = options.integer('port', 0, 65_535) ?? DEFAULT_PORT;
    const logger = pino({ level: 'info' }, pino.destination({ dest: 2, sync: true }));
    const operator = Operator.open(
      {
        folder,
        kernel: transactionKernel(),
        validators: options.list('validator-key').map(readSecretKey),
        version: VERSION,
      },
      genesisPath === undefined ? undefined : readBytes(genesisPath, MAX_GENESIS_BYTES),
    );
    try {
      const listening = await serveOperator(operator, {
        ...{ host, port, logger },
        measured: { height: () => operator.state.tip.number, waiting: () => operator.waiting },
        ...(tokenPath !== undefined && { token: readSecret(tokenPath) }),
        ...(certificate !== undefined &&
          key !== undefined && { tls: { certificate: readBytes(certificate), key: readBytes(key) } }),
      });
      const clock = new BlockClock(operator, {
        interval: 1000 * interval,
        onError: (error) => logger.error({ err: error }, 'no block could be made'),
      });
      const network = runningNetwork(operator, logger, signal);
      operator.onBlock(({ number }) => logger.info({ block: number, waiting: operator.waiting }, 'block'));
      const url = `http${certificate === undefined ? '' : 's'}://${host}:${listening.port}`;
      output.line(
        `Network ${operator.network.name}, block ${operator.state.tip.number}, at ${url}. Ctrl+C ends it.`,
      );
      output.result({ url, network: operator.network.name, block: operator.state.tip.number });
      await aborted(signal);
      clock.stop();
      network.close();
      await listening.close();
    } finally {
      await operator.close();
    }
    return EXIT.done;
  },
};

/** After each block, accounts that anybody runs consume what names them; a prover is started when there is something to prove. */
function runningNetwork(operator: Operator, logger: pino.Logger, signal: AbortSignal): { close(): void } {
  let backend: CpuBackend | undefined;
  const runner = new NetworkRunner({
    operator,
    kernel: transactionKernel(),
    async prove(witness) {
      backend ??= new CpuBackend({ host: nodeWorkerHost });
      return (await proveTransaction(witness, { backend, signal })).transaction;
    },
    onFailure: (account, error) =>
      logger.warn(
        { account: account.toString(), err: error },
        'a note for a network account was not consumed',
      ),
  });
  const stop = operator.onBlock(() => {
    runner.run().catch((error: unknown) => logger.error({ err: error }, 'network accounts'));
  });
  return {
    close() {
      stop();
      backend?.close();
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
