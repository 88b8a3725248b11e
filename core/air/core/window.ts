import type { OpFlags } from './op-flags.ts';
import type { CoreRow } from './row.ts';

/** What a part of the Core AIR reads: two consecutive rows, and the flags of the operation on the first. */
export interface CoreWindow {
  readonly row: CoreRow;
  readonly next: CoreRow;
  readonly flags: OpFlags;
}
