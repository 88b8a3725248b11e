import { randomBytes } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { validatorKey } from '../../core/protocol/block/validators.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { createSecretFile } from '../secret-file.ts';

export const operatorKey: Command = {
  summary: 'Makes the key of a validator, who signs blocks.',
  usage: 'FILE',
  example: 'kiln operator key validator.key',
  options: {},
  async run(options, output) {
    const path = options.operand('file for the secret key');
    const secret = randomBytes(32);
    const key = bytesToHex(validatorKey(secret));
    createSecretFile(path, bytesToHex(secret));
    output.line(`The secret key is in ${path}: whoever has it can sign blocks. The public key:`);
    output.line(key);
    output.result({ key });
    return EXIT.done;
  },
};
