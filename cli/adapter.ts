import { KilnError } from '../core/errors.ts';
import { openNodeGpu } from '../main/platform/node-webgpu.ts';

/** Limits that decide how large a proof may be and how its kernels are laid out. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

export interface Adapter {
  readonly description: string;
  /** A software adapter proves only when asked by name. */
  readonly software: boolean;
  readonly limits: Readonly<Record<(typeof LIMITS)[number], number>>;
}

/** The adapter that WebGPU would prove on, or why there is none. */
export async function inspectAdapter(): Promise<Adapter | { readonly error: string }> {
  try {
    const gpu = await openNodeGpu({ hardwareOnly: false });
    const { adapter, description, isSoftware } = gpu;
    const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    gpu.close();
    return { description, software: isSoftware, limits: limits as Adapter['limits'] };
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    return { error: error.message };
  }
}
