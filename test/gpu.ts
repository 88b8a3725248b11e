import { KilnError } from '../core/errors.ts';
import type { Gpu, GpuOptions } from '../core/stark/webgpu/device.ts';
import { openNodeGpu } from '../main/platform/node-webgpu.ts';

/** A GPU for tests, software ones (Mesa's lavapipe) included, or why there is none. */
export async function testGpu(options: Omit<GpuOptions, 'hardwareOnly'> = {}): Promise<Gpu | string> {
  try {
    return await openNodeGpu({ ...options, hardwareOnly: false });
  } catch (error) {
    if (error instanceof KilnError && error.kind === 'backend-unavailable') return error.message;
    throw error;
  }
}
