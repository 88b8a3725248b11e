import { Limit } from '../../core/protocol/limits.ts';

// What a transaction does, told without the kernel, its objects or its order of things: names, numbers and maps alone.

/** An amount of something that adds up, or one thing that there is once (an amount of 1). */
export interface Holding {
  readonly what: string;
  readonly amount: bigint;
}

export type Step =
  | ({ readonly kind: 'take' | 'put' | 'mint' | 'burn' } & Holding)
  | { readonly kind: 'make'; readonly serial: bigint }
  | ({ readonly kind: 'give'; readonly note: number } & Holding)
  | { readonly kind: 'seal'; readonly note: number }
  /** Notes made and paid out of the vault at once. */
  | {
      readonly kind: 'send';
      readonly notes: readonly { readonly serial: bigint; readonly pays: readonly Holding[] }[];
    }
  | { readonly kind: 'set'; readonly slot: string; readonly value: bigint }
  | { readonly kind: 'enter'; readonly map: string; readonly key: bigint; readonly value: bigint };

export interface ModelNote {
  readonly serial: bigint;
  readonly holds: Map<string, bigint>;
  sealed: boolean;
}

/** An account in the midst of a transaction. */
export class Model {
  readonly vault: Map<string, bigint>;
  readonly hand = new Map<string, bigint>();
  readonly notes: ModelNote[] = [];
  readonly slots: Map<string, bigint>;
  readonly maps: Map<string, Map<bigint, bigint>>;
  readonly #minted = new Set<string>();
  readonly #isUnique: (what: string) => boolean;
  readonly #isOwn: (what: string) => boolean;

  constructor(start: {
    readonly vault: ReadonlyMap<string, bigint>;
    readonly slots: ReadonlyMap<string, bigint>;
    readonly maps: ReadonlyMap<string, ReadonlyMap<bigint, bigint>>;
    readonly isUnique: (what: string) => boolean;
    readonly isOwn: (what: string) => boolean;
  }) {
    this.vault = new Map(start.vault);
    this.slots = new Map(start.slots);
    this.maps = new Map([...start.maps].map(([name, map]) => [name, new Map(map)]));
    this.#isUnique = start.isUnique;
    this.#isOwn = start.isOwn;
  }

  #canAdd(to: ReadonlyMap<string, bigint>, { what, amount }: Holding): boolean {
    const sum = (to.get(what) ?? 0n) + amount;
    return sum <= (this.#isUnique(what) ? 1n : Limit.FUNGIBLE_AMOUNT);
  }
  #add(to: Map<string, bigint>, { what, amount }: Holding): void {
    to.set(what, (to.get(what) ?? 0n) + amount);
  }
  #has(from: ReadonlyMap<string, bigint>, { what, amount }: Holding): boolean {
    return (from.get(what) ?? 0n) >= amount;
  }
  #remove(from: Map<string, bigint>, { what, amount }: Holding): void {
    const left = from.get(what)! - amount;
    if (left === 0n) from.delete(what);
    else from.set(what, left);
  }
  #move(from: Map<string, bigint>, to: Map<string, bigint>, holding: Holding): boolean {
    if (!this.#has(from, holding) || !this.#canAdd(to, holding)) return false;
    this.#remove(from, holding);
    this.#add(to, holding);
    return true;
  }

  /** What a note consumed brings. Whether that can be. */
  receive(holding: Holding): boolean {
    if (!this.#canAdd(this.hand, holding)) return false;
    this.#add(this.hand, holding);
    return true;
  }

  /** Takes a step; whether it can be. One that cannot changes nothing. */
  take(step: Step): boolean {
    switch (step.kind) {
      case 'take':
        return this.#move(this.vault, this.hand, step);
      case 'put':
        return this.#move(this.hand, this.vault, step);
      case 'mint':
        if (!this.#isOwn(step.what) || this.#minted.has(step.what) || !this.receive(step)) return false;
        if (this.#isUnique(step.what)) this.#minted.add(step.what);
        return true;
      case 'burn':
        if (!this.#isOwn(step.what) || !this.#has(this.hand, step)) return false;
        this.#remove(this.hand, step);
        return true;
      case 'make':
        this.notes.push({ serial: step.serial, holds: new Map(), sealed: false });
        return true;
      case 'give': {
        const note = this.notes[step.note];
        if (!note || note.sealed) return false;
        if (!note.holds.has(step.what) && note.holds.size === Limit.NOTE_ASSETS) return false;
        return this.#move(this.hand, note.holds, step);
      }
      case 'seal': {
        const note = this.notes[step.note];
        if (!note) return false;
        note.sealed = true;
        return true;
      }
      case 'send': {
        const before = [...this.vault];
        const made = step.notes.map(({ serial }): ModelNote => ({ serial, holds: new Map(), sealed: false }));
        const can = step.notes.every(({ pays }, i) =>
          pays.every((each) => !made[i].holds.has(each.what) && this.#move(this.vault, made[i].holds, each)),
        );
        if (can) this.notes.push(...made);
        else {
          this.vault.clear();
          for (const [what, amount] of before) this.vault.set(what, amount);
        }
        return can;
      }
      case 'set':
        this.slots.set(step.slot, step.value);
        return true;
      case 'enter': {
        const map = this.maps.get(step.map)!;
        if (step.value === 0n) map.delete(step.key);
        else map.set(step.key, step.value);
        return true;
      }
    }
  }
}
