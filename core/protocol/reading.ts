import type { ByteReader } from '../bytes.ts';
import { ProtocolError } from './errors.ts';

/**
 * What `make` gives of what was read. A rule of the protocol that it breaks means that the bytes are damaged: the reader's
 * `FormatError`, which tells the error's `text`.
 */
export function checked<T>(reader: ByteReader, make: () => T, text: 'message' | 'details' = 'message'): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProtocolError) return reader.fail(error[text]);
    throw error;
  }
}
