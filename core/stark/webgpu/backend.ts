import type { Backend, ProvingSession, SessionOptions } from '../backend.ts';
import { calibrate } from './calibrate.ts';
import type { Gpu } from './device.ts';
import { cancelled } from './errors.ts';
import { Kept } from './kept.ts';
import { WebGpuSession } from './session.ts';
import { kernelsFor } from './warm.ts';

export interface WebGpuOptions {
  /**
   * What one proof may take of the device's memory; by default twice the largest buffer, since WebGPU does not tell how
   * much there is. Extensions that do not fit are recomputed when they are needed.
   */
  readonly memoryBytes?: number;
}

/**
 * Proves on a GPU with WGSL kernels; data stays there from the traces to the openings. The device is checked and timed
 * when the first session is opened.
 */
export function openWebGpuBackend(gpu: Gpu, options: WebGpuOptions = {}): Backend {
  return new WebGpuBackend(gpu, options);
}

class WebGpuBackend implements Backend {
  readonly name = 'webgpu';
  readonly description: string;
  readonly #gpu: Gpu;
  readonly #memoryBytes: number;
  #kept: Promise<Kept> | undefined;
  #open = 0;

  constructor(gpu: Gpu, { memoryBytes = 2 * gpu.device.limits.maxBufferSize }: WebGpuOptions) {
    this.#gpu = gpu;
    this.#memoryBytes = memoryBytes;
    this.description = gpu.description;
  }

  async open(options: SessionOptions): Promise<ProvingSession> {
    if (this.#gpu.failure) throw this.#gpu.failure;
    this.#kept ??= calibrate(this.#gpu).then((pace) => new Kept(this.#gpu, pace, this.#memoryBytes));
    const kept = await this.#kept;
    if (options.signal?.aborted) throw cancelled();
    this.#gpu.warm(kernelsFor(options));
    if (this.#open === 0) kept.trim();
    this.#open++;
    return new CountedSession(kept, options, () => this.#open--);
  }

  async close(): Promise<void> {
    const kept = await this.#kept?.catch(() => undefined);
    kept?.close();
    this.#gpu.close();
  }
}

/** A session that tells once that it was closed. */
class CountedSession extends WebGpuSession {
  #onClose: (() => void) | undefined;

  constructor(kept: Kept, options: SessionOptions, onClose: () => void) {
    super(kept, options);
    this.#onClose = onClose;
  }

  override close(): void {
    super.close();
    this.#onClose?.();
    this.#onClose = undefined;
  }
}
