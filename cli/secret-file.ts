import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { hexToBytes } from '@noble/hashes/utils.js';
import { KilnError } from '../core/errors.ts';
import { readText } from './files.ts';

const MAX_BYTES = 4096;

/** Writes a file that its owner alone can read. Throws a `KilnError` of kind `file` if there is one of that name. */
export function createSecretFile(path: string, text: string): void {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, `${text}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new KilnError('file', `${path} cannot be made.`, {
      details: error instanceof Error ? error.message : String(error),
      advice: 'Choose a name that is not taken: a secret is never replaced.',
      cause: error,
    });
  }
}

/** The one line of a secret's file, e.g. an access token. Throws a `KilnError` of kind `file`. */
export function readSecret(path: string): string {
  const secret = readText(path, MAX_BYTES).trim();
  if (secret === '' || secret.includes('\n'))
    throw new KilnError('file', `${path} does not hold one line with a secret.`);
  return secret;
}

/** A secret key of 32 bytes. Throws a `KilnError` of kind `file`. */
export function readSecretKey(path: string): Uint8Array {
  const text = readSecret(path);
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new KilnError('file', `${path} does not hold a key of 64 hexadecimal digits.`);
  return hexToBytes(text);
}
