import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
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
    // Before it is opened: opening a pipe that nobody writes to would wait for ever.
    if (!statSync(path).isFile()) throw new Error('it is not a regular file');
    descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
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

export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError(`${path} is not JSON.`, error);
  }
}

/**
 * Writes a file whole or not at all: to a temporary file beside it, flushed to disk, then renamed over it. A process
 * killed in between leaves the old file, or none.
 */
export function writeWhole(path: string, content: Uint8Array | string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  try {
    const descriptor = openSync(temporary, 'w', 0o644);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new FileError(`${path} cannot be written.`, error);
  }
}
