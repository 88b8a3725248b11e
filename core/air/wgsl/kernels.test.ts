import assert from 'node:assert/strict';
import { test } from 'node:test';
import { midenAirs } from '../miden.ts';
import { costBelow, uniformNodes } from './cluster.ts';
import { constraintKernels, lookupKernels } from './kernels.ts';

test('parts are small, fit every device, and repeat little of each other', () => {
  for (const air of midenAirs()) {
    const uniform = uniformNodes(air.graph);
    for (const [{ parts }, roots] of [
      [constraintKernels(air), air.constraints.map(({ expr }) => expr.id)],
      [lookupKernels(air), air.lookups.flatMap(({ u, v }) => [u.id, v.id])],
    ] as const) {
      const once = costBelow(air.graph, uniform, ...roots);
      const total = parts.reduce((sum, { operations }) => sum + operations, 0);
      assert.ok(total < 1.5 * once, `${air.name}: ${total} operations for ${once}`);
      for (const { operations, kernel } of parts) {
        assert.ok(operations <= 1000, `${kernel.name}: ${operations} operations`);
        assert.ok(kernel.buffers.length <= 8, `${kernel.name}: ${kernel.buffers.length} buffers`);
      }
    }
  }
});

test('kernels of one AIR are the same text every time, so that drivers can keep them', () => {
  for (const air of midenAirs()) {
    assert.deepEqual(constraintKernels(air).parts, constraintKernels(air).parts);
    assert.deepEqual(lookupKernels(air).parts, lookupKernels(air).parts);
  }
});
