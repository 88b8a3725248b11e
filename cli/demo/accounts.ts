import { assembleLibrary } from '../../core/assembly/assemble.ts';
import type { Package } from '../../core/assembly/package/package.ts';
import { MODULUS } from '../../core/field/felt.ts';
import type { Word } from '../../core/hash/word.ts';
import { runPaced } from '../../core/pace.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import { AccountComponent } from '../../core/protocol/account/component.ts';
import type { TransactionScript } from '../../core/protocol/executor/transaction-inputs.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { sourceFile } from '../libraries.ts';

/** A private account that authenticates by knowing a secret, and the secret. */
export interface Owner {
  readonly name: string;
  readonly secret: Word;
  /** As its owner holds it; changes with each transaction. */
  account: Account;
}

const FAUCET = '::faucet';

export function randomWord(): Word {
  const random = crypto.getRandomValues(new BigUint64Array(4));
  return [random[0] % MODULUS, random[1] % MODULUS, random[2] % MODULUS, random[3] % MODULUS];
}

/** A component whose procedures mint. */
export const faucetPackage = (kernel: TransactionKernel): Package =>
  assembleLibrary({
    name: 'faucet',
    version: '1.0.0',
    kind: 'account-component',
    root: { path: FAUCET, file: sourceFile('masm/examples/faucet.masm') },
    ...against(kernel, []),
  });

/** A new account: a wallet, with `extra` components besides. */
export async function newOwner(
  name: string,
  kernel: TransactionKernel,
  signal: AbortSignal,
  extra: readonly Package[] = [],
): Promise<Owner> {
  const secret = randomWord();
  const builder = new AccountBuilder([
    walletComponent(kernel),
    keyAuthComponent(kernel, keyOf(secret)),
    ...extra.map((each) => new AccountComponent(each)),
  ]);
  const random = crypto.getRandomValues(new Uint8Array(32));
  return { name, secret, account: await runPaced(builder.building({ type: 'private', random }), { signal }) };
}

/** A script that makes notes and fills them: from the vault, or with what is minted. */
export function making(
  notes: readonly Note[],
  kernel: TransactionKernel,
  faucet?: Package,
): TransactionScript {
  const fill = faucet ? 'faucet::mint_to_note' : 'wallet::move_asset_to_note';
  const word = (values: readonly bigint[]): string => `push.[${values.join(', ')}]`;
  const body = notes.flatMap(({ metadata, recipient, assets }) => [
    // [tag, type, RECIPIENT] -> [index]
    `${word(recipient.digest)} push.${metadata.type === 'public' ? 1 : 0} push.${metadata.tag}`,
    'call.wallet::create_note movdn.5 dropw drop',
    // [ID, VALUE, index] -> [], while the index stays below
    ...assets.list.map(
      ({ id, value }) =>
        `dup push.0.0.0.0.0.0.0 movup.7 ${word(value)} ${word(id.word)} call.${fill} dropw dropw dropw dropw`,
    ),
    'drop',
  ]);
  const uses = `use ::kiln::standards::wallet\n${faucet ? `use ${FAUCET}\n` : ''}`;
  const text = `${uses}pub proc main\n    dropw\n    ${body.join('\n    ')}\nend\n`;
  const library = assembleLibrary({
    name: 'script',
    root: { path: '::script', file: { name: 'script.masm (generated)', text } },
    ...against(kernel, faucet ? [faucet] : []),
  });
  const [root] = procedures(library);
  return { root, forests: [library.forest] };
}

const against = ({ dispatcher, protocol, standards }: TransactionKernel, more: readonly Package[]) => ({
  kernel: dispatcher,
  libraries: [protocol, standards, ...more].map((each) => ({ package: each, linkage: 'static' as const })),
});
const procedures = ({ manifest }: Package): Word[] =>
  manifest.exports.flatMap((each) => (each.kind === 'procedure' ? [each.digest] : []));
