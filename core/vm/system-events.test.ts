import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_EVENT_IDS, SYSTEM_EVENTS } from './system-events.ts';

test('ids are those of the official VM', () => {
  assert.equal(SYSTEM_EVENT_IDS.merkle_node_merge, 7243907139105902342n);
  assert.equal(SYSTEM_EVENT_IDS.ext2_inv, 9660728691489438960n);
  assert.equal(SYSTEM_EVENT_IDS['adv::register_deferred_data'], 13021247594355482329n);
  assert.equal(SYSTEM_EVENT_IDS.trace_event, 1768618069850226410n);
  assert.equal(SYSTEM_EVENTS.get(454105713963103935n), 'bcompress_to_map');
  assert.equal(SYSTEM_EVENTS.size, 25);
});
