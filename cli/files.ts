import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KilnError } from '../core/errors.ts';

/** A file cannot be read or written. `kind` is `file`. */
class FileError extends KilnError {
  constructor(message: string, cause: unknown) {
    super('file', message, {
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Check the path, its permissions and the free space.',
      cause,
    });
  }
}

/** Largest files the command reads: no format of Kiln's comes near. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

/** All bytes of a regular file of at most `limit` bytes. Throws a `KilnError` of kind `file` or `file-too-large`. */
export function readBytes(path: string, limit = MAX_FILE_BYTES): Uint8Array {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    const { size } = stats;
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (size > limit) {
      throw new KilnError('file-too-large', `${basename(path)} is larger than ${limit} bytes.`, {
        details: `${path}: ${size} bytes`,
        advice: 'Check that it is the file you meant.',
      });
    }
    const bytes = new Uint8Array(size);
    let length = 0;
    for (let n = -1; length < size && n !== 0; length += n)
      n = readSync(descriptor, bytes, length, size - length, null);
    return bytes.subarray(0, length);
  } catch (error) {
    if (error instanceof KilnError) throw error;
    throw new FileError(`${path} cannot be read.`, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** A UTF-8 text file. */
export function readText(path: string, limit = MAX_FILE_BYTES): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBytes(path, limit));
  } catch (error) {
    if (error instanceof KilnError) throw error;
    throw new FileError(`${path} is not a UTF-8 text.`, error);
  }
}

/** Parsing takes a multiple of a text's size. */
const MAX_JSON_BYTES = 64 * 2 ** 20;

export function readJson(path: string): unknown {
  const text = readText(path, MAX_JSON_BYTES);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError(`${path} is not JSON.`, error);
  }
}

/** What goes where. */
export interface Writing {
  readonly path: string;
  readonly content: Uint8Array | string;
}

interface Target {
  readonly path: string;
  /** A device or pipe: nothing to be replaced, it is written to. */
  readonly isStream: boolean;
}

/** Where a write to `path` ends up: links are followed, since a rename would replace them. Throws for a directory. */
function targetOf(path: string): Target {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return { path, isStream: false };
  if (stats.isDirectory()) throw new Error('it is a directory');
  return stats.isFile() ? { path: realpathSync(path), isStream: false } : { path, isStream: true };
}

/** Throws a `KilnError` of kind `file` unless `path` looks writable: to be asked before long work. */
export function requireWritable(path: string): void {
  try {
    const target = targetOf(path);
    accessSync(target.isStream ? target.path : dirname(target.path), constants.W_OK);
  } catch (error) {
    throw new FileError(`${path} cannot be written.`, error);
  }
}

function writeAll(path: string, bytes: Uint8Array, flush: boolean): void {
  const descriptor = openSync(path, 'w', 0o644);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    if (flush) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes files, each whole or not at all: all to temporary files beside them, flushed to disk, then renamed over them.
 * A process killed in between leaves of each the old file, or none, or the new one. Throws a `KilnError` of kind `file`.
 */
export function writeWhole(...writings: readonly Writing[]): void {
  const renames: { readonly path: string; readonly from: string; readonly to: string }[] = [];
  let current = '';
  try {
    for (const { path, content } of writings) {
      current = path;
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const target = targetOf(path);
      if (target.isStream) {
        writeAll(target.path, bytes, false);
        continue;
      }
      const temporary = join(dirname(target.path), `.${basename(target.path)}.${process.pid}.part`);
      renames.push({ path, from: temporary, to: target.path });
      writeAll(temporary, bytes, true);
    }
    for (const { path, from, to } of renames) {
      current = path;
      renameSync(from, to);
    }
  } catch (error) {
    for (const { from } of renames) rmSync(from, { force: true });
    throw new FileError(`${current} cannot be written.`, error);
  }
}
