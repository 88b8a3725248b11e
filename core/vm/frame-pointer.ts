/**
 * Each context keeps in its memory the end of the local memory in use: where, and what it is when the context begins
 * (miden-core 1.0.0-rc.0, src/lib.rs, FMP_ADDR and FMP_INIT_VALUE).
 */
export const FRAME_POINTER_ADDRESS = 0xffff_fffe;
export const FRAME_POINTER_START = 0x8000_0000;
