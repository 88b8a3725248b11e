/**
 * What a source may ask for at most. All are checked before the memory they would need is taken.
 * Those of the language are miden-assembly-syntax 1.0.0-rc.0's; the length of a source and of a path are our own.
 */

/** UTF-16 units of one source file. */
export const MAX_SOURCE_LENGTH = 1 << 21;
/** Depth of `if`, `while`, `do` and `repeat` in one another. */
export const MAX_BLOCK_NESTING = 256;
/** Instructions and blocks directly in one block, after expansion. */
export const MAX_BLOCK_ITEMS = 0xffff;
/** Iterations of one `repeat`. */
export const MAX_REPEAT_COUNT = 1_000_000;
/** Depth of a constant expression, in parentheses and in operators. */
export const MAX_EXPRESSION_NESTING = 256;
/** Depth of a type expression. */
export const MAX_TYPE_NESTING = 256;
/** Values of one `push`. */
export const MAX_PUSH_VALUES = 16;
/** Constants, types, procedures and imports of one module. */
export const MAX_MODULE_ITEMS = 1 << 16;
/** Local field elements of one procedure. */
export const MAX_LOCALS = 0xfffc;
/** Bytes of a name, of a path, and of one documentation comment. */
export const MAX_TEXT_BYTES = 0xffff;
/** Segments of a path; a limit of our own, since every use of an alias unfolds to a whole path. */
export const MAX_PATH_SEGMENTS = 64;
