import { test } from 'node:test';
import { checkControls, checkHiding } from './zk/statistics/run.ts';

// `npm run test:zk` does the same with ten thousand proofs of each witness.
test('proofs of two witnesses look alike, position by position', () => checkHiding(250));
test('the same methods tell proofs apart that do not hide', () => checkControls(20));
