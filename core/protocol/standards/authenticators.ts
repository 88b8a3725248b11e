import type { Felt } from '../../field/felt.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import { type FalconSignature, falconKeyCommitment } from '../auth/falcon512.ts';
import type { FalconSigner } from '../auth/falcon512-sign.ts';
import { falconAdvice } from '../auth/falcon512-witness.ts';
import type { Authenticator } from '../executor/authentication.ts';
import { signatureKey } from '../transaction/transaction-summary.ts';
import { keyOf } from './auth-key.ts';

/** Knows these secrets. */
export function knowing(...secrets: readonly Word[]): Authenticator {
  const byKey = new Map(secrets.map((secret) => [wordKey(keyOf(secret)), secret]));
  return { secret: (key) => byKey.get(wordKey(key)) };
}

/** Signs with these keys whatever it is asked to sign: that a transaction does what it should is to be seen before. */
export function signingWith(...signers: readonly FalconSigner[]): Authenticator {
  const byKey = new Map(signers.map((signer) => [wordKey(falconKeyCommitment(signer.publicKey)), signer]));
  return {
    signature: (key, message) => {
      const signer = byKey.get(wordKey(key));
      return signer && falconAdvice(signer.sign(message), message);
    },
  };
}

/** What each of these has. */
export const together = (...all: readonly Authenticator[]): Authenticator => ({
  secret: (key) => firstOf(all, (each) => each.secret?.(key)),
  signature: (key, message) => firstOf(all, (each) => each.signature?.(key, message)),
});

/** A signature made elsewhere over a summary's commitment, as a transaction's inputs take it. */
export const readySignature = (signature: FalconSignature, message: Word): readonly [Word, Felt[]] => [
  signatureKey(falconKeyCommitment(signature.publicKey), message),
  falconAdvice(signature, message),
];

function firstOf<T, U>(all: readonly T[], of: (each: T) => U | undefined): U | undefined {
  for (const each of all) {
    const found = of(each);
    if (found !== undefined) return found;
  }
  return undefined;
}
