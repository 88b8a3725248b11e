import { create } from 'webgpu';
import { Gpu, type GpuOptions } from '../../core/stark/webgpu/device.ts';

/**
 * Opens the GPU under Node (Dawn). Throws a `KilnError` of kind `backend-unavailable` without a driver or, with
 * `hardwareOnly`, when the only adapter is software.
 */
export const openNodeGpu = (options: GpuOptions): Promise<Gpu> => Gpu.open(create([]), options);
