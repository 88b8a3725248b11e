import type { Word } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import type { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { falconKeyCommitment } from '../../core/protocol/auth/falcon512.ts';
import {
  type FalconSigner,
  falconSigner,
  newFalconSecretKey,
} from '../../core/protocol/auth/falcon512-sign.ts';
import { falconAuthComponent } from '../../core/protocol/standards/auth-falcon.ts';
import { multisigAuthComponent } from '../../core/protocol/standards/auth-multisig.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { kernel } from './transactions.ts';

/** A Falcon key, always the same for the same number. */
export const signer = (seed: number): FalconSigner =>
  falconSigner(newFalconSecretKey(new Uint8Array(48).fill(seed)));
export const falconKey = ({ publicKey }: FalconSigner): Word => falconKeyCommitment(publicKey);

/** A new account with this component to authenticate it. */
export const newWith = (auth: AccountComponent, seed = 1): Account =>
  runAtOnce(
    new AccountBuilder([auth, walletComponent(kernel)]).building({
      type: 'private',
      random: new Uint8Array(32).fill(seed),
    }),
  );
/** The same after some transactions, with these assets. */
export function walletWith(auth: AccountComponent, assets: readonly Asset[] = [], seed = 1): Account {
  const { id, code, storage } = newWith(auth, seed);
  return new Account({ id, nonce: 5n, code, storage, vault: new Vault(assets) });
}

export const falconOf = (key: FalconSigner): AccountComponent => falconAuthComponent(kernel, falconKey(key));
export const multisigOf = (threshold: number, approvers: readonly Word[]): AccountComponent =>
  multisigAuthComponent(kernel, { threshold, approvers });
