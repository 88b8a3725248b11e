import type { BlockHeader } from '../../core/protocol/block/block-header.ts';

/** Who makes blocks. */
interface BlockMaker {
  readonly waiting: number;
  makeBlock(): BlockHeader;
}

export interface BlockClockOptions {
  /** ms from block to block. */
  readonly interval: number;
  /** With so many transactions waiting it does not wait for the clock. */
  readonly full?: number;
  /** A block that could not be made; it is tried again with the next. */
  readonly onError: (error: unknown) => void;
}

const FULL = 8192;
/** How often it looks whether a block is full, ms. */
const LOOK = 250;

/** Makes blocks on a clock, empty ones too, or as soon as one is full. */
export class BlockClock {
  readonly #timer: NodeJS.Timeout;

  constructor(maker: BlockMaker, { interval, full = FULL, onError }: BlockClockOptions) {
    let due = performance.now() + interval;
    this.#timer = setInterval(
      () => {
        const now = performance.now();
        if (now < due && maker.waiting < full) return;
        due = now + interval;
        try {
          maker.makeBlock();
        } catch (error) {
          onError(error);
        }
      },
      Math.min(LOOK, interval),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
