import { wordKey } from '../../core/hash/word.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { OperatorClient } from '../../operator/rpc/client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { readSecret } from '../secret-file.ts';

export const operatorStatus: Command = {
  summary: 'Asks an operator where it stands.',
  usage: 'URL [options]',
  example: 'kiln operator status http://127.0.0.1:57291',
  options: {
    'token-file': { value: 'FILE', help: 'the access token it asks for' },
    certificate: { value: 'FILE', help: 'PEM of the one certificate to trust' },
  },
  async run(options, output, signal) {
    const url = options.operand('address of an operator');
    const [tokenPath, certificatePath] = [options.text('token-file'), options.text('certificate')];
    const client = new OperatorClient({
      url,
      ...(tokenPath !== undefined && { token: readSecret(tokenPath) }),
      ...(certificatePath !== undefined && { certificate: readText(certificatePath) }),
    });
    const { version, network, genesis, tip, waiting } = await client.status({ signal });
    const [first, latest] = [genesis, blockCommitment(tip)].map((word) => `0x${wordKey(word)}`);
    output.line(`network   ${network}, begins with ${first}`);
    output.line(`block     ${tip.number}, ${latest}, ${new Date(1000 * tip.timestamp).toISOString()}`);
    output.line(`waiting   ${waiting} transactions`);
    output.line(`version   ${version}`);
    output.result({ version, network, genesis: first, block: tip.number, commitment: latest, waiting });
    return EXIT.done;
  },
};
