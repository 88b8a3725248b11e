import { sha256 } from '@noble/hashes/sha2.js';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';

/**
 * SHA-256: of all hashes the one that platforms bring natively, several times faster than any other here. Browsers
 * withhold it from pages of insecure origin; the same function in JavaScript gives the same digest there.
 */
async function digest(data: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return sha256(data);
  // The platform does not hash memory that threads share.
  const own = data.buffer instanceof ArrayBuffer ? (data as Uint8Array<ArrayBuffer>) : data.slice();
  return new Uint8Array(await subtle.digest('SHA-256', own));
}

const bytesOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Everything that the main columns of an instance, and its fixed ones, are made from. */
function sources({ trace, preprocessed }: Instance): { numbers: number[]; data: Uint8Array[] } {
  const ofMatrix = ({ width, height, data }: TraceMatrix) => ({
    numbers: [width, height],
    data: bytesOf(data),
  });
  const fixed = preprocessed && ofMatrix(preprocessed);
  const [kind, main] =
    trace.kind === 'matrix'
      ? [0, ofMatrix(trace.matrix)]
      : trace.kind === 'eidos'
        ? [1, { numbers: [trace.blocks.count, trace.blocks.height], data: bytesOf(trace.blocks.records) }]
        : [2, { numbers: [trace.counts.length], data: bytesOf(trace.counts) }];
  return {
    numbers: [kind, ...main.numbers, ...(fixed?.numbers ?? [])],
    data: fixed ? [main.data, fixed.data] : [main.data],
  };
}

/**
 * A digest of 32 bytes of all traces before they are extended, in instance order. It is as secret as the traces: who
 * knows it can confirm a guess of the witness.
 */
export async function digestTraces(instances: readonly Instance[]): Promise<Uint8Array> {
  const parts = await Promise.all(
    instances.map(async (instance) => {
      const { numbers, data } = sources(instance);
      const header = bytesOf(Float64Array.from([numbers.length, ...numbers, data.length]));
      return [header, ...(await Promise.all(data.map(digest)))];
    }),
  );
  return digest(Uint8Array.from(parts.flat().flatMap((part) => [...part])));
}
