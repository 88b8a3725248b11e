import { test } from 'node:test';
import { checkControls, checkHiding } from './statistics/run.ts';

test('ten thousand proofs of each of two witnesses look alike, position by position', () =>
  checkHiding(10_000));
test('the same methods tell proofs apart that do not hide', () => checkControls(100));
