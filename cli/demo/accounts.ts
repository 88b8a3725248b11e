import { assembleLibrary } from '../../core/assembly/assemble.ts';
import { MODULUS } from '../../core/field/felt.ts';
import type { Word } from '../../core/hash/word.ts';
import { runPaced } from '../../core/pace.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import type { TransactionScript } from '../../core/protocol/executor/transaction-inputs.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';

/** A private account that authenticates by knowing a secret, and the secret. */
export interface Owner {
  readonly name: string;
  readonly secret: Word;
  /** As its owner holds it; changes with each transaction. */
  account: Account;
}

export function randomWord(): Word {
  const random = crypto.getRandomValues(new BigUint64Array(4));
  return [random[0] % MODULUS, random[1] % MODULUS, random[2] % MODULUS, random[3] % MODULUS];
}

/** A new account: a wallet, with `extra` components besides. */
export async function newOwner(
  name: string,
  kernel: TransactionKernel,
  signal: AbortSignal,
  extra: readonly AccountComponent[] = [],
): Promise<Owner> {
  const secret = randomWord();
  const builder = new AccountBuilder([
    walletComponent(kernel),
    keyAuthComponent(kernel, keyOf(secret)),
    ...extra,
  ]);
  const random = crypto.getRandomValues(new Uint8Array(32));
  return { name, secret, account: await runPaced(builder.building({ type: 'private', random }), { signal }) };
}

/** A script that makes notes out of a wallet. */
export function making(
  notes: readonly Note[],
  { dispatcher, protocol, standards }: TransactionKernel,
): TransactionScript {
  const word = (values: readonly bigint[]): string => `push.[${values.join(', ')}]`;
  const body = notes.flatMap(({ metadata, recipient, assets }) => [
    // [tag, type, RECIPIENT] -> [index]
    `${word(recipient.digest)} push.${metadata.type === 'public' ? 1 : 0} push.${metadata.tag}`,
    'call.wallet::create_note movdn.5 dropw drop',
    // [ID, VALUE, index] -> [], while the index stays below
    ...assets.list.map(
      ({ id, value }) =>
        `dup push.0.0.0.0.0.0.0 movup.7 ${word(value)} ${word(id.word)} call.wallet::move_asset_to_note dropw dropw dropw dropw`,
    ),
    'drop',
  ]);
  const text = `use ::kiln::standards::wallet\npub proc main\n    dropw\n    ${body.join('\n    ')}\nend\n`;
  const { forest, manifest } = assembleLibrary({
    name: 'script',
    root: { path: '::script', file: { name: 'script.masm (generated)', text } },
    kernel: dispatcher,
    libraries: [protocol, standards].map((each) => ({ package: each, linkage: 'static' as const })),
  });
  const [main] = manifest.exports.filter((each) => each.kind === 'procedure');
  return { root: main.digest, forests: [forest] };
}
