import { KilnError } from '../../core/errors.ts';
import { Gpu, type GpuOptions } from '../../core/stark/webgpu/device.ts';

/**
 * Opens the browser's GPU. Throws a `KilnError` of kind `backend-unavailable` where there is none or, with
 * `hardwareOnly`, when the only adapter is software.
 */
export async function openWebGpu(options: GpuOptions): Promise<Gpu> {
  // The types have it everywhere, browsers have it in secure contexts on the systems they support.
  const { gpu }: { gpu?: GPU } = navigator;
  if (!gpu) {
    throw new KilnError('backend-unavailable', 'This browser has no WebGPU.', {
      advice: 'Prove on the CPU.',
    });
  }
  return Gpu.open(gpu, options);
}
