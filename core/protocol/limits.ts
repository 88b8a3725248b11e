/** Every bound of the protocol: the one table that TypeScript and assembly read. */
export const Limit = {
  ACCOUNT_PROCEDURES_MIN: 2,
  ACCOUNT_PROCEDURES: 256,
  STORAGE_SLOTS: 255,
  SLOT_NAME_BYTES: 255,
  /** 2^63 - 2^31: a sum of two amounts stays below the field's modulus. */
  FUNGIBLE_AMOUNT: 2n ** 63n - 2n ** 31n,
  CHANGED_ASSETS: 1024,
  /** Entries of storage maps that one transaction touches: as many as an account update holds. */
  MAP_ENTRIES: 4096,
  NOTE_ASSETS: 16,
  NOTE_STORAGE_ITEMS: 1024,
  NOTE_ATTACHMENTS: 4,
  NOTE_ATTACHMENT_WORDS: 256,
  NOTE_ATTACHMENT_WORDS_TOTAL: 512,
  NOTE_BYTES: 2 ** 18,
  ACCOUNT_UPDATE_BYTES: 2 ** 18,
  INPUT_NOTES: 1024,
  OUTPUT_NOTES: 1024,
  /** Those that one transaction reads, and calls of their code within calls. */
  FOREIGN_ACCOUNTS: 63,
  FOREIGN_DEPTH: 63,
  EXPIRATION_DELTA: 65_535,
  TRANSACTION_CYCLES: 2 ** 29,
  /** What the proof of a transaction must be worth at least. */
  PROOF_SECURITY_BITS: 96,
  BATCH_NOTES: 1024,
  BATCH_ACCOUNTS: 1024,
  BLOCK_BATCHES: 64,
  BLOCK_NOTES: 65_536,
  BLOCK_ACCOUNTS: 65_536,
  VALIDATORS: 5,
  KERNEL_PROCEDURES: 255,
  /** Depth of a block's note tree: 64 batches of 2^10 notes. */
  BLOCK_NOTE_TREE_DEPTH: 16,
  BATCH_NOTE_TREE_DEPTH: 10,
  /** A block's epoch is its number without this many low bits. */
  EPOCH_LOG_BLOCKS: 16,
} as const;
