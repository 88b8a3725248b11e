import type { Felt } from '../../field/felt.ts';
import { type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { SmtProof } from '../../merkle/smt-proof.ts';
import type { AdviceMutation } from '../../vm/advice/inputs.ts';
import type { EventHandler, EventView, Host } from '../../vm/host.ts';
import type { AccountCode } from '../account/account-code.ts';
import type { AccountHeader } from '../account/account-header.ts';
import type { AssetPatch } from '../account/account-patch.ts';
import { type AccountSource, isNewAccount } from '../account/account-source.ts';
import { compareSlotIds, slotId } from '../account/slot-name.ts';
import type { SlotPatch } from '../account/slot-patch.ts';
import { mapKey } from '../account/storage-map.ts';
import { AssetId } from '../asset/asset.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { FROM_ACCOUNT_CODE, KERNEL_EVENT_IDS, type KernelEvent } from '../kernel/kernel-events.ts';
import type { PartialNote } from '../note/partial-note.ts';
import { AuthenticationHost, type Authenticator } from './authentication.ts';
import { ForeignHost } from './foreign-host.ts';
import { KernelMemory, type Shortage } from './kernel-memory.ts';
import { opened } from './opened.ts';

/** The parts of a transaction. The order is that of their tags in formats. */
export const PHASES = ['prologue', 'note', 'script', 'auth', 'epilogue'] as const;

/** A part of a transaction and the cycle at which it began. */
export interface PhaseStart {
  readonly name: (typeof PHASES)[number];
  readonly cycle: number;
}

/** What a transaction did, as the kernel's memory tells at its end. */
export interface Outcome {
  /** The account after. */
  readonly header: AccountHeader;
  readonly assets: readonly AssetPatch[];
  readonly slots: readonly SlotPatch[];
  readonly notes: readonly PartialNote[];
  /** Of an account whose code was upgraded. */
  readonly code?: AccountCode | undefined;
}

const WORD = 4;

const stack = (...values: Felt[]): AdviceMutation[] => [{ kind: 'stack', values }];

/** Serves the kernel's events for one transaction of one account, and watches it. */
export class TransactionHost implements Host {
  readonly handlers: ReadonlyMap<Felt, EventHandler>;
  readonly #account: AccountSource;
  /** What it knows of foreign accounts. */
  readonly foreign: ForeignHost;
  readonly #phases: PhaseStart[] = [{ name: 'prologue', cycle: 0 }];
  #outcome: Outcome | undefined;
  #short: Shortage | undefined;
  /** Called with where the run stopped. */
  readonly onFailure: NonNullable<Host['onFailure']>;

  constructor(
    account: AccountSource,
    { memory }: TransactionKernel,
    authenticator: Authenticator,
    upgrade?: AccountCode,
    foreign: ForeignHost = new ForeignHost(),
  ) {
    this.#account = account;
    this.foreign = foreign;
    let code: AccountCode | undefined;
    const kernel = (view: EventView) => new KernelMemory(view, memory);
    const active = (view: EventView) => this.#active(kernel(view));
    const auth = new AuthenticationHost(account, authenticator, (view) =>
      this.#authenticates(view, kernel(view)),
    );
    this.onFailure = (view, error) => {
      if (view.ctx === 0) this.#short = kernel(view).shortage(error.message);
    };
    const served: Readonly<Record<KernelEvent, EventHandler>> = {
      procedurePlace: (view) => stack(procedurePlace(active(view), view.word(1))),
      slotIndex: (view) => stack(slotIndex(active(view), view.element(1), view.element(2))),
      ledgerIndex: (view) => {
        const ids = kernel(view).ledgerIds;
        const index = ids.findIndex((id) => wordsEqual(id, view.word(1)));
        return stack(BigInt(index < 0 ? ids.length : index));
      },
      upgradedCode: (view) => {
        code = upgradedCode(view.word(1), upgrade);
        return stack(BigInt(code.procedures.length), ...code.procedures.flat());
      },
      mapIndex: (view) => stack(BigInt(kernel(view).mapIndex(Number(view.element(1)), view.word(2)))),
      mapValue: (view) => {
        const [proof, key] = mapWitness(
          account,
          kernel(view).slotIndex(Number(view.element(1))),
          view.word(2),
        );
        return [...stack(...proof.leaf.get(key)), ...opened(proof)];
      },
      mapOrder: (view) => {
        const order = kernel(view).mapOrder(Number(view.element(1)));
        return stack(BigInt(order.length), ...order.map(BigInt));
      },
      vaultValue: (view) => {
        const id = AssetId.fromWord(view.word(1));
        const proof = account.vaultWitness(id);
        return [...stack(...proof.leaf.get(id.vaultKey)), ...opened(proof)];
      },
      foreignAccount: (view) => foreign.answer(view.element(1), view.element(2)),
      foreignAsset: (view) => opened(active(view).vaultWitness(AssetId.fromWord(view.word(1)))),
      foreignEntry: (view) => {
        const slot = kernel(view).slotIndex(Number(view.element(1)));
        return opened(mapWitness(active(view), slot, view.word(2))[0]);
      },
      ledgerOrder: (view) => stack(...kernel(view).ledgerOrder.map(BigInt)),
      delta: (view) => {
        auth.delta = kernel(view).delta(account);
        return [];
      },
      note: (view) => this.#enter('note', view),
      script: (view) => this.#enter('script', view),
      auth: (view) => this.#enter('auth', view),
      epilogue: (view) => this.#enter('epilogue', view),
      finished: (view) => {
        const own = kernel(view);
        this.#outcome = {
          header: own.header,
          assets: own.changedAssets(),
          slots: own.changedSlots(account.slotHeaders, isNewAccount(account)),
          code,
          notes: own.outputNotes(),
        };
        return [];
      },
      authSecret: (view) => stack(...auth.secret(view)),
      authSignature: (view) => stack(...auth.signature(view)),
      authApproval: (view) => stack(...auth.approval(view)),
      authUnauthorized: (view) => auth.unauthorized(view),
    };
    this.handlers = new Map(
      (Object.keys(served) as KernelEvent[]).map((event) => [
        KERNEL_EVENT_IDS[event],
        FROM_ACCOUNT_CODE.has(event) ? served[event] : fromKernelOnly(served[event]),
      ]),
    );
  }

  /** The phases so far, the last one is where it stands. */
  get phases(): readonly PhaseStart[] {
    return this.#phases;
  }
  /** After it failed because the vault has too little of an asset. */
  get short(): Shortage | undefined {
    return this.#short;
  }
  /** After the transaction has ended. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  #enter(name: PhaseStart['name'], { clk }: EventView): AdviceMutation[] {
    this.#phases.push({ name, cycle: clk });
    return [];
  }

  /** The account whose code runs. */
  #active({ activeForeign }: KernelMemory): AccountSource {
    return activeForeign === undefined ? this.#account : this.foreign.loaded[activeForeign];
  }

  /**
   * Code that the authentication calls has its own context, and is not it: it could be anybody's. What runs for a foreign account
   * is not this account's, even where both have the same code.
   */
  #authenticates({ procedure }: EventView, { isNative }: KernelMemory): boolean {
    return (
      this.#phases.at(-1)!.name === 'auth' &&
      isNative &&
      wordsEqual(procedure, this.#account.code.procedures[0])
    );
  }
}

/** One past the end where there is none: the kernel refuses it. */
function procedurePlace({ code: { procedures } }: AccountSource, root: Word): Felt {
  const index = procedures.findIndex((own) => wordsEqual(own, root));
  return BigInt(WORD * (index < 0 ? procedures.length : index));
}

function slotIndex({ slotHeaders }: AccountSource, suffix: Felt, prefix: Felt): Felt {
  const index = slotHeaders.findIndex(({ name }) => compareSlotIds(slotId(name), { suffix, prefix }) === 0);
  return BigInt(index < 0 ? slotHeaders.length : index);
}

/** Proof of what the map of a slot has under a raw key, and the key there. */
const mapWitness = (account: AccountSource, slot: number, key: Word): [SmtProof, Word] => [
  account.mapWitness(account.slotHeaders[slot].name, key),
  mapKey(key),
];

function upgradedCode(commitment: Word, code: AccountCode | undefined): AccountCode {
  if (code && wordsEqual(code.commitment, commitment)) return code;
  throw new ProtocolError('transaction', 'The account is to have other code, and that was not given.', {
    details: `commitment ${wordKey(commitment)}`,
  });
}

/** A script that emits an event of the kernel's lies. */
const fromKernelOnly =
  (handler: EventHandler): EventHandler =>
  (view) => {
    if (view.ctx !== 0) throw new RangeError('only the kernel may emit this event');
    return handler(view);
  };
