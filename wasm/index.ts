/** Everything the module exports; one file per kernel. */
export { setRotations } from './compress';
export * from './selftest';
export { nttForward, nttInverse, nttTable, bitReverse } from './ntt';
export { setConstants } from './field';
export { setScratch } from './task';
export { leafAbsorb, treeNodes } from './tree';
export { randomElements, saltLeaves, selectElements } from './chacha';
export { grind } from './grind';
export { constraintTiles } from './constraints';
export { lookupTiles, lookupScan, lookupRunning } from './lookup';
export { buildTable, interpolateColumns, extendColumns, sampleColumns } from './extend';
export { quotientAccumulate, sumColumns } from './quotient';
export { quadPowers, evaluateColumns, combineColumns, deepCodeword, friFold } from './deep';
export { eidosBlocks } from './eidos';
