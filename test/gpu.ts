import { existsSync } from 'node:fs';
import { KilnError } from '../core/errors.ts';
import type { Gpu, GpuOptions } from '../core/stark/webgpu/device.ts';
import { openNodeGpu } from '../main/platform/node-webgpu.ts';

const LAVAPIPE = '/usr/share/vulkan/icd.d/lvp_icd.json';

/**
 * A GPU for tests, software ones included (Mesa's lavapipe where it is installed and nothing else is asked for), or why
 * there is none.
 */
export async function testGpu(options: Omit<GpuOptions, 'hardwareOnly'> = {}): Promise<Gpu | string> {
  if (process.env['VK_DRIVER_FILES'] === undefined && existsSync(LAVAPIPE))
    process.env['VK_DRIVER_FILES'] = LAVAPIPE;
  try {
    return await openNodeGpu({ ...options, hardwareOnly: false });
  } catch (error) {
    if (error instanceof KilnError && error.kind === 'backend-unavailable') return error.message;
    throw error;
  }
}
