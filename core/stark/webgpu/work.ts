import { type Kernel, paramWidths } from '../../../shaders/kernel.ts';
import { KilnError } from '../../errors.ts';
import type { Felt } from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { type Gpu, MAP_READ, SLOT_BYTES, Usage } from './device.ts';
import { cancelled, deviceLost, outOfMemory } from './errors.ts';

/** A number is one u32 parameter, a field element two, an extension element four. */
type Param = number | Felt | QuadFelt;
export interface Range {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

export interface Job {
  readonly kernel: Kernel;
  /** By the kernel's names. */
  readonly buffers: Readonly<Record<string, GPUBuffer | Range>>;
  readonly params: Readonly<Record<string, Param>>;
  /** Workgroups; they are dispatched in as many pieces as the pace needs. */
  readonly groups: number;
  /** Field products one workgroup costs, about. */
  readonly cost: number;
}

/** Work in one submission, milliseconds: two are under way at a time, so an abort is answered within 100. */
const SLICE_MS = 40;
const SLOTS = 512;
const MAX_GROUPS = 65_535;
const IN_FLIGHT = 2;

/** Rate at which a device works, in field products per millisecond; learned while it works. */
export class Pace {
  perMs: number;
  constructor(perMs: number) {
    this.perMs = perMs;
  }
  learn(cost: number, ms: number): void {
    if (ms < 4 || cost <= 0) return;
    this.perMs += 0.3 * (Math.min(Math.max(cost / ms, this.perMs / 4), this.perMs * 4) - this.perMs);
  }
}

/**
 * Commands of one user of the device, in order: kernels, copies, transfers. Owns its buffers. Submits in slices and waits
 * for earlier ones, so that the device never runs far ahead: aborts and errors are seen soon.
 */
export class Work {
  readonly gpu: Gpu;
  readonly #device: GPUDevice;
  readonly #pace: Pace;
  readonly #signal: AbortSignal | undefined;
  /** Rejects on an abort: raced with everything that takes long, such as compiling. */
  readonly #aborted: Promise<never>;
  #onAbort = () => {};
  readonly #buffers = new Map<GPUBuffer, number>();
  readonly #slots: GPUBuffer;
  readonly #params = new Uint32Array((SLOTS * SLOT_BYTES) / 4);
  #used = 0;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #cost = 0;
  #inFlight: Promise<void>[] = [];
  #lastDone = 0;
  /** Freed, but used by commands not yet submitted. */
  #garbage: GPUBuffer[] = [];
  #allocations: Promise<GPUError | null>[] = [];
  #bytes = 0;
  #peak = 0;
  #closed = false;

  constructor(gpu: Gpu, pace: Pace, signal?: AbortSignal) {
    this.gpu = gpu;
    this.#device = gpu.device;
    this.#pace = pace;
    this.#signal = signal;
    this.#aborted = new Promise((_, reject) => {
      this.#onAbort = () => reject(cancelled());
      signal?.addEventListener('abort', this.#onAbort, { once: true });
    });
    this.#aborted.catch(() => {});
    this.#slots = this.#create(SLOTS * SLOT_BYTES, Usage.uniform | Usage.copyDst);
  }

  /** Bytes held at the peak. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** A zeroed storage buffer of at least `bytes`. */
  allocate(bytes: number): GPUBuffer {
    const size = Math.max(Math.ceil(bytes / 16) * 16, 16);
    if (size > this.gpu.device.limits.maxBufferSize) throw outOfMemory(`a buffer of ${size} bytes`);
    return this.#create(size, Usage.storage | Usage.copySrc | Usage.copyDst);
  }

  #create(size: number, usage: number): GPUBuffer {
    this.#check();
    this.#device.pushErrorScope('out-of-memory');
    const buffer = this.#device.createBuffer({ size, usage });
    this.#allocations.push(this.#device.popErrorScope());
    this.#buffers.set(buffer, size);
    this.#bytes += size;
    this.#peak = Math.max(this.#peak, this.#bytes);
    return buffer;
  }

  /** Gives a buffer back; commands that use it may still be under way. */
  free(...buffers: readonly GPUBuffer[]): void {
    for (const buffer of buffers) {
      const size = this.#buffers.get(buffer);
      if (size === undefined) continue;
      this.#buffers.delete(buffer);
      this.#bytes -= size;
      if (this.#encoder) this.#garbage.push(buffer);
      else buffer.destroy();
    }
  }

  /** Uploads; ordered with the commands around it. */
  write(buffer: GPUBuffer, offset: number, data: ArrayBufferView): void {
    this.#check();
    this.#submit();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const own = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
    this.#device.queue.writeBuffer(buffer, offset, own as Uint8Array<ArrayBuffer>);
  }

  /** A buffer with this content. */
  upload(data: ArrayBufferView): GPUBuffer {
    const buffer = this.allocate(data.byteLength);
    this.write(buffer, 0, data);
    return buffer;
  }

  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#check();
    this.#endPass();
    this.#encode().copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }

  clear(buffer: GPUBuffer): void {
    this.#check();
    this.#endPass();
    this.#encode().clearBuffer(buffer);
  }

  /** Encodes a kernel's workgroups; resolves when the device may take more. `onPiece` gets the fraction encoded. */
  async run(job: Job, onPiece?: (fraction: number) => void): Promise<void> {
    const { kernel, buffers, params, groups, cost } = job;
    const { pipeline, layout } = await Promise.race([this.gpu.pipeline(kernel), this.#aborted]);
    this.#check();
    const bindings = this.#device.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: this.#slots, offset: 0, size: SLOT_BYTES } },
        ...kernel.buffers.map(({ name }, i) => ({
          binding: i + 1,
          resource: resourceOf(buffers[name], name),
        })),
      ],
    });
    const words = packParams(kernel, params);
    let first = 0;
    while (first < groups) {
      const slice = Math.max(1, Math.floor((SLICE_MS * this.#pace.perMs) / cost));
      const count = Math.min(groups - first, slice, MAX_GROUPS);
      const pass = (this.#pass ??= this.#encode().beginComputePass());
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings, [this.#slot(first, words)]);
      pass.dispatchWorkgroups(count);
      first += count;
      this.#cost += count * cost;
      onPiece?.(first / groups);
      if (this.#used === SLOTS || this.#cost >= SLICE_MS * this.#pace.perMs) await this.#turn();
    }
  }

  /** Bytes of a buffer, after all commands so far. */
  async read(buffer: GPUBuffer, offset: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.#create(size, Usage.mapRead | Usage.copyDst);
    this.copy(buffer, offset, staging, 0, size);
    this.#submit();
    await this.#wait(staging.mapAsync(MAP_READ));
    const data = new Uint8Array(staging.getMappedRange().slice(0));
    staging.unmap();
    this.free(staging);
    return data.subarray(0, bytes);
  }

  /** Waits for everything so far. */
  async finish(): Promise<void> {
    this.#submit();
    await this.#wait(this.#device.queue.onSubmittedWorkDone());
  }

  /** Destroys all buffers. Safe at any time and twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#pass = this.#encoder = undefined;
    for (const buffer of [...this.#buffers.keys(), ...this.#garbage]) buffer.destroy();
    this.#buffers.clear();
  }

  /** Throws what went wrong meanwhile: loss of the device, an abort, a closed session. */
  #check(): void {
    if (this.gpu.failure) throw this.gpu.failure;
    if (this.#closed || this.#signal?.aborted) throw cancelled();
  }

  #encode(): GPUCommandEncoder {
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  #slot(first: number, words: Uint32Array): number {
    const offset = this.#used++ * SLOT_BYTES;
    this.#params[offset / 4] = first;
    this.#params.set(words, offset / 4 + 1);
    return offset;
  }

  #submit(): void {
    if (!this.#encoder) return;
    this.#endPass();
    this.#device.queue.writeBuffer(this.#slots, 0, this.#params, 0, (this.#used * SLOT_BYTES) / 4);
    this.#device.queue.submit([this.#encoder.finish()]);
    for (const buffer of this.#garbage) buffer.destroy();
    this.#garbage = [];
    this.#encoder = undefined;
    this.#used = 0;
    this.#cost = 0;
  }

  /** Submits a slice and waits until there is room for the next. */
  async #turn(): Promise<void> {
    const cost = this.#cost;
    const submitted = performance.now();
    this.#submit();
    const done = this.#device.queue.onSubmittedWorkDone().then(() => {
      const now = performance.now();
      this.#pace.learn(cost, now - Math.max(submitted, this.#lastDone));
      this.#lastDone = now;
    });
    done.catch(() => {});
    this.#inFlight.push(done);
    if (this.#inFlight.length >= IN_FLIGHT) await this.#wait(this.#inFlight.shift()!);
  }

  /** A promise of the device, or its loss; then what went wrong meanwhile. */
  async #wait<T>(promise: Promise<T>): Promise<T> {
    try {
      const value = await Promise.race([promise, this.gpu.lost, this.#aborted]);
      const errors = await Promise.all(this.#allocations);
      this.#allocations = [];
      const error = errors.find((e) => e !== null);
      if (error) {
        this.gpu.refusal = undefined;
        throw outOfMemory(error.message);
      }
      if (this.gpu.refusal) throw this.gpu.refusal;
      return value;
    } catch (cause) {
      // A device that is lost may refuse what waits before it says so.
      throw cause instanceof KilnError ? cause : deviceLost(String(cause));
    } finally {
      this.#check();
    }
  }
}

function resourceOf(resource: GPUBuffer | Range | undefined, name: string): GPUBufferBinding {
  if (resource === undefined) throw new TypeError(`no buffer for ${name}`);
  return 'offset' in resource
    ? { buffer: resource.buffer, offset: resource.offset, size: resource.size }
    : { buffer: resource };
}

function packParams(kernel: Kernel, params: Readonly<Record<string, Param>>): Uint32Array {
  const words: number[] = [];
  for (const [name, width] of paramWidths(kernel)) {
    const value = params[name];
    const elements = typeof value === 'bigint' ? [value] : typeof value === 'object' ? value : undefined;
    if (elements) for (const x of elements) words.push(Number(x & 0xffff_ffffn), Number(x >> 32n));
    else words.push(value as number);
    if ((elements?.length ?? 0.5) * 2 !== width) throw new TypeError(`${kernel.name}: parameter ${name}`);
  }
  return Uint32Array.from(words);
}
