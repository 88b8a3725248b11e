import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Smt } from '../../core/merkle/smt.ts';

const MAGIC = 'KILNTREE';
const FORMAT = 1;
/** Magic, format, block number: 16 bytes, so that what follows is aligned. */
const HEADER_BYTES = 16;
const DIGEST_BYTES = 32;

/** A tree as it was after a block. */
export interface SavedTree {
  readonly block: number;
  readonly tree: Smt;
}

/**
 * Writes a tree and the block it belongs to, whole or not at all. It is a shortcut for opening, not the state: that is in the
 * database.
 */
export function writeTreeFile(path: string, { block, tree }: SavedTree): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'ascii');
  header.writeUInt32LE(FORMAT, 8);
  header.writeUInt32LE(block, 12);
  const parts = [header, ...tree.image()];
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w');
  try {
    for (const part of [...parts, digest.digest()]) writeWhole(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function syncFolder(path: string): void {
  // Windows cannot open a folder; there the rename is durable by itself.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Reads what {@link writeTreeFile} wrote; `undefined` if there is none, or it is not whole, which is as good as none. */
export function readTreeFile(path: string): SavedTree | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const end = bytes.length - DIGEST_BYTES;
  if (end < HEADER_BYTES || bytes.toString('ascii', 0, MAGIC.length) !== MAGIC) return undefined;
  if (bytes.readUInt32LE(8) !== FORMAT) return undefined;
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!digest.equals(bytes.subarray(end))) return undefined;
  return { block: bytes.readUInt32LE(12), tree: Smt.fromImage(bytes.subarray(HEADER_BYTES, end)) };
}
