import { Gpu, type GpuOptions } from '../../core/stark/webgpu/device.ts';
import { unavailable } from '../../core/stark/webgpu/errors.ts';

/** WebGPU under Node (Dawn), whose native part does not exist for every platform. */
async function dawn(): Promise<GPU> {
  try {
    const { create } = await import('webgpu');
    return create([]);
  } catch (cause) {
    throw unavailable('WebGPU is not available here.', cause instanceof Error ? cause.message : '');
  }
}

/**
 * Opens the GPU under Node. Throws a `KilnError` of kind `backend-unavailable` without a driver or, with `hardwareOnly`,
 * when the only adapter is software.
 */
export const openNodeGpu = async (options: GpuOptions): Promise<Gpu> => Gpu.open(await dawn(), options);
