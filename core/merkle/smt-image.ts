import { FormatError } from '../bytes.ts';
import type { BranchesImage } from './smt-branches.ts';
import { ENTRY_LANES } from './smt-entries.ts';

const WHAT = 'image of a sparse Merkle tree';
/** Counts and the root's hash, 4 bytes each. */
const HEADER_LANES = 16;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/** Counts, root, then the arrays one after the other, wide elements first so that each is aligned. */
export function imageToBytes(image: BranchesImage): Uint8Array[] {
  const { slots, root, rootHash, leafCount, used, free, nodes, children, bit } = image;
  const header = new Int32Array(HEADER_LANES);
  header.set([slots.used, slots.free, slots.count, root, leafCount, used, free]);
  header.set(rootHash, HEADER_LANES - rootHash.length);
  return [header, slots.lanes, slots.next, nodes, children, bit].map(bytesOf);
}

/** Throws `FormatError` if there are not as many bytes as the counts ask for. The arrays are views of `bytes`. */
export function imageFromBytes(bytes: Uint8Array): BranchesImage {
  if (bytes.byteOffset % 4 !== 0) return imageFromBytes(bytes.slice());
  if (bytes.length < 4 * HEADER_LANES) throw new FormatError(WHAT, 'it is cut short');
  const { buffer, byteOffset } = bytes;
  const header = new Int32Array(buffer, byteOffset, HEADER_LANES);
  const [slotsUsed, slotsFree, count, root, leafCount, used, free] = header;
  const lengths = [ENTRY_LANES * slotsUsed, slotsUsed, 16 * used, 2 * used].map((lanes) => 4 * lanes);
  const starts = [4 * HEADER_LANES];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  const end = starts[starts.length - 1] + used;
  if (slotsUsed < 0 || used < 0 || bytes.length !== end)
    throw new FormatError(WHAT, `it has ${bytes.length} bytes where its counts ask for ${end}`);
  const at = (part: number): [ArrayBufferLike, number, number] => [
    buffer,
    byteOffset + starts[part],
    (starts[part + 1] - starts[part]) / 4,
  ];
  return {
    slots: {
      used: slotsUsed,
      free: slotsFree,
      count,
      lanes: new Uint32Array(...at(0)),
      next: new Int32Array(...at(1)),
    },
    root,
    rootHash: Uint32Array.from(header.subarray(HEADER_LANES - 8)),
    leafCount,
    used,
    free,
    nodes: new Uint32Array(...at(2)),
    children: new Int32Array(...at(3)),
    bit: new Uint8Array(buffer, byteOffset + starts[4], used),
  };
}
