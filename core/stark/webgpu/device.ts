import { baseField, FIELD, type MulForm } from '../../../shaders/field.ts';
import { type Kernel, moduleSource } from '../../../shaders/kernel.ts';
import { KilnError } from '../../errors.ts';
import { deviceLost, unavailable } from './errors.ts';

/** WebGPU's flags, as numbers: hosts without the globals have none to name. */
export const Usage = { mapRead: 1, copySrc: 4, copyDst: 8, uniform: 64, storage: 128 } as const;
export const MAP_READ = 1;
const COMPUTE_STAGE = 4;

const ADAPTER_ATTEMPTS = 20;
const ADAPTER_PAUSE_MS = 50;
/** What a parameter slot takes of the uniform buffer. */
export const SLOT_BYTES = 256;

export interface GpuOptions {
  /** Refuse software adapters, which only tests want. */
  readonly hardwareOnly: boolean;
  /** Bytes a storage binding may have; by default what the adapter allows. */
  readonly bindingBytes?: number;
}

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/**
 * One GPU: device, limits, compiled kernels. Keeps the `GPU`, adapter and device objects reachable: Dawn for Node crashes
 * when they are collected while in use.
 */
export class Gpu {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
  /** For people: vendor and device, and whether it is software. */
  readonly description: string;
  readonly isSoftware: boolean;
  /** Largest storage binding and buffer, in bytes. */
  readonly bindingBytes: number;
  /** Rejects when the device is lost; race waits against it. */
  readonly lost: Promise<never>;
  /** Set once the device is lost. */
  failure: KilnError | undefined;
  /** Set when the device refused a command: a defect, or what follows from a buffer there was no memory for. */
  refusal: KilnError | undefined;
  readonly #pipelines = new Map<string, Promise<Pipeline>>();
  mulForm: MulForm = 'threaded';

  private constructor(gpu: GPU, adapter: GPUAdapter, device: GPUDevice, options: GpuOptions) {
    this.gpu = gpu;
    this.adapter = adapter;
    this.device = device;
    this.isSoftware = isSoftware(adapter);
    const { vendor, architecture, device: name, description } = adapter.info;
    const label = description || [vendor, architecture, name].filter(Boolean).join(' ') || 'GPU';
    this.description = this.isSoftware ? `${label} (software)` : label;
    const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
    this.bindingBytes = Math.min(limit, options.bindingBytes ?? limit);
    device.addEventListener('uncapturederror', (event) => {
      this.refusal ??= new KilnError('faulty-backend', 'The GPU refused a command.', {
        details: event.error.message,
        advice: 'Prove on the CPU, and report this.',
      });
    });
    this.lost = device.lost.then(({ reason, message }) => {
      this.failure ??= deviceLost(`${reason}: ${message}`);
      throw this.failure;
    });
    this.lost.catch(() => {});
  }

  /**
   * Opens the best adapter. Throws a `KilnError` of kind `backend-unavailable` when there is none, or only a software
   * one and `hardwareOnly`.
   */
  static async open(gpu: GPU, options: GpuOptions): Promise<Gpu> {
    const adapter = await requestAdapter(gpu);
    if (options.hardwareOnly && isSoftware(adapter)) {
      throw unavailable('There is no hardware GPU.', adapter.info.description);
    }
    const { limits } = adapter;
    try {
      const device = await adapter.requestDevice({
        requiredLimits: {
          maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
          maxBufferSize: limits.maxBufferSize,
          maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        },
      });
      return new Gpu(gpu, adapter, device, options);
    } catch (cause) {
      throw unavailable('The GPU could not be opened.', cause instanceof Error ? cause.message : '');
    }
  }

  /** The compiled kernel; compiled at most once, without blocking. */
  pipeline(kernel: Kernel): Promise<Pipeline> {
    const source = moduleSource({
      ...kernel,
      code: kernel.code.map((piece) => (piece === FIELD ? baseField(this.mulForm) : piece)),
    });
    let pipeline = this.#pipelines.get(source);
    if (!pipeline) this.#pipelines.set(source, (pipeline = this.#compile(kernel, source)));
    return pipeline;
  }

  /** Starts to compile kernels that will be needed; what fails is reported when they are. */
  warm(kernels: Iterable<Kernel>): void {
    for (const kernel of kernels) this.pipeline(kernel).catch(() => {});
  }

  async #compile(kernel: Kernel, code: string): Promise<Pipeline> {
    const { device } = this;
    const module = device.createShaderModule({ label: kernel.name, code });
    const layout = device.createBindGroupLayout({
      label: kernel.name,
      entries: [
        { binding: 0, visibility: COMPUTE_STAGE, buffer: { type: 'uniform', hasDynamicOffset: true } },
        ...kernel.buffers.map(
          ({ access }, i): GPUBindGroupLayoutEntry => ({
            binding: i + 1,
            visibility: COMPUTE_STAGE,
            buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
          }),
        ),
      ],
    });
    try {
      const pipeline = await Promise.race([
        device.createComputePipelineAsync({
          label: kernel.name,
          layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
          compute: { module, entryPoint: 'entry' },
        }),
        this.lost,
      ]);
      return { pipeline, layout };
    } catch (cause) {
      if (this.failure) throw this.failure;
      throw unavailable(
        'The GPU cannot run the prover.',
        `${kernel.name}: ${cause instanceof Error ? cause.message : ''}`,
      );
    }
  }

  /** Gives the device back; work in progress rejects with kind `device-lost`. */
  close(): void {
    this.device.destroy();
  }
}

const isSoftware = ({ info }: GPUAdapter): boolean =>
  info.isFallbackAdapter ||
  info.architecture === 'software' ||
  /llvmpipe|swiftshader/i.test(info.description);

/** An adapter may appear only some time after start. */
async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  for (let attempt = 0; attempt < ADAPTER_ATTEMPTS; attempt++) {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return adapter;
    await new Promise((resolve) => setTimeout(resolve, ADAPTER_PAUSE_MS));
  }
  throw unavailable('There is no GPU that WebGPU can use.');
}
