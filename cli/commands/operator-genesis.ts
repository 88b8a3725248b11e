import { hexToBytes } from '@noble/hashes/utils.js';
import { wordKey } from '../../core/hash/word.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { ValidatorSet } from '../../core/protocol/block/validators.ts';
import { genesisSource, networkOf } from '../../operator/genesis/genesis.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readBytes, writeWhole } from '../files.ts';
import { transactionKernel } from '../transaction-kernel.ts';
import { UsageError } from '../usage.ts';

const U32 = 2 ** 32 - 1;

export const operatorGenesis: Command = {
  summary: 'Writes the file that a network begins with.',
  usage: 'FILE --network NAME --fee-issuer ID --validator KEY [options]',
  example: 'kiln operator genesis genesis.json --network mine --fee-issuer 0x… --validator 02…',
  options: {
    network: { value: 'NAME', help: 'the prefix of its account ids' },
    'fee-issuer': { value: 'ID', help: 'the issuer of the asset that fees are paid in' },
    validator: { value: 'KEY', multiple: true, help: 'public key of a validator; several are possible' },
    quorum: { value: 'N', help: 'how many validators must sign a block (all if not given)' },
    'base-fee': { value: 'N', help: 'what transactions pay per unit of verification (0 if not given)' },
    'epoch-log': { value: 'N', help: 'an epoch has 2^N blocks (16 if not given)' },
    account: { value: 'FILE', multiple: true, help: 'an account that is there from the beginning' },
    note: {
      value: 'FILE',
      multiple: true,
      help: 'a note that is there from the beginning, as it is published',
    },
  },
  async run(options, output) {
    const path = options.operand('file to write');
    const keys = options.list('validator').map(keyBytes);
    const baseFee = options.integer('base-fee', 0, U32);
    const epochLogBlocks = options.integer('epoch-log', 1, 20);
    const kernel = transactionKernel();
    const source = genesisSource(
      {
        name: options.required('network'),
        timestamp: Math.floor(Date.now() / 1000),
        feeIssuer: AccountId.parse(options.required('fee-issuer')),
        validators: new ValidatorSet(options.integer('quorum', 1, keys.length) ?? keys.length, keys),
        accounts: options.list('account').map((file) => Account.fromBytes(readBytes(file))),
        notes: options.list('note').map((file) => readBytes(file)),
        ...(baseFee !== undefined && { baseFee }),
        ...(epochLogBlocks !== undefined && { epochLogBlocks }),
      },
      kernel,
    );
    // What makes no network is not written.
    const { block } = networkOf(source, kernel).genesis;
    writeWhole({ path, content: source });
    const genesis = `0x${wordKey(block.commitment)}`;
    output.line(`The network's first block is ${genesis}.`);
    output.result({ genesis });
    return EXIT.done;
  },
};

function keyBytes(text: string): Uint8Array {
  if (!/^[0-9a-f]{66}$/.test(text))
    throw new UsageError('--validator takes a public key of 66 hexadecimal digits');
  return hexToBytes(text);
}
