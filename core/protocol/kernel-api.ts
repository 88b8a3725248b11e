import { EMPTY_WORD, type Word } from '../hash/word.ts';

/**
 * The procedures of the transaction kernel that account code and scripts may call, with their numbers in the protocol.
 *
 * Each is `kiln::kernel::api::<module>::<name>` in `masm/kernel/api/`; stack effects and who may call stand there.
 */
const NUMBERS = {
  'account::get_initial_commitment': 0,
  'account::compute_commitment': 1,
  'account::get_id': 2,
  'account::get_nonce': 3,
  'account::incr_nonce': 4,
  'account::get_code_commitment': 5,
  'account::get_initial_storage_commitment': 6,
  'account::compute_storage_commitment': 7,
  'account::get_item': 8,
  'account::get_initial_item': 9,
  'account::set_item': 10,
  'account::get_map_item': 11,
  'account::get_initial_map_item': 12,
  'account::set_map_item': 13,
  'account::has_storage_slot': 14,
  'account::get_initial_vault_root': 15,
  'account::get_vault_root': 16,
  'account::add_asset': 17,
  'account::remove_asset': 18,
  'account::get_asset': 19,
  'account::get_initial_asset': 20,
  'account::compute_delta_commitment': 21,
  'account::upgrade': 22,
  'account::get_code_upgrade_commitment': 23,
  'account::get_num_procedures': 24,
  'account::get_procedure_root': 25,
  'account::was_procedure_called': 26,
  'account::has_procedure': 27,
  'faucet::mint': 28,
  'faucet::burn': 29,
  'input_note::get_metadata': 30,
  'input_note::get_recipient': 31,
  'input_note::get_assets': 32,
  'input_note::get_asset': 33,
  'input_note::remove_asset': 34,
  'input_note::remove_all_assets': 35,
  'input_note::get_attachments_commitment': 36,
  'input_note::get_script_root': 37,
  'input_note::get_storage': 38,
  'input_note::get_serial': 39,
  'input_note::get_id': 40,
  'output_note::create': 41,
  'output_note::get_metadata': 42,
  'output_note::get_recipient': 43,
  'output_note::get_assets': 44,
  'output_note::get_attachments_commitment': 45,
  'output_note::add_asset': 46,
  'output_note::add_attachment': 47,
  'output_note::seal': 48,
  'output_note::is_sealed': 49,
  'tx::get_input_note_count': 50,
  'tx::get_input_notes_commitment': 51,
  'tx::get_output_note_count': 52,
  'tx::get_output_notes_commitment': 53,
  'tx::get_block_commitment': 54,
  'tx::get_block_number': 55,
  'tx::get_block_timestamp': 56,
  'tx::prepare_fpi': 57,
  'tx::exec_foreign_proc': 58,
  'tx::get_expiration_delta': 59,
  'tx::update_expiration_delta': 60,
  'tx::get_script_root': 61,
  'tx::compute_fee': 62,
  'tx::get_fee_asset_id': 63,
  'output_note::send_many': 64,
} as const;

type Procedure = keyof typeof NUMBERS;

/**
 * Those that many transactions call, and all that change anything: these are closed by overwriting the table once the owner
 * was told what changes.
 */
const OFTEN: readonly Procedure[] = [
  'account::get_id',
  'account::incr_nonce',
  'account::get_item',
  'account::get_initial_item',
  'account::set_item',
  'account::get_map_item',
  'account::get_initial_map_item',
  'account::set_map_item',
  'account::add_asset',
  'account::remove_asset',
  'account::upgrade',
  'faucet::mint',
  'faucet::burn',
  'input_note::get_metadata',
  'input_note::get_assets',
  'input_note::get_asset',
  'input_note::get_storage',
  'output_note::create',
  'output_note::add_asset',
  'output_note::add_attachment',
  'output_note::send_many',
  'tx::get_block_number',
  'tx::update_expiration_delta',
  'tx::compute_fee',
];
const even = (count: number): number => count + (count % 2);

/** Where the commitment to the further part of the table stands: behind those that are called often. */
const FURTHER_COMMITMENT = OFTEN.length + 1;
/**
 * Words of the table's first part, an even number: what finds the further procedures, those called often by offset, the
 * commitment to the further part.
 */
export const API_ROWS = even(FURTHER_COMMITMENT + 1);

const rank = (procedure: Procedure): number => OFTEN.indexOf(procedure);
const BY_OFFSET = (Object.keys(NUMBERS) as Procedure[])
  .filter((procedure) => rank(procedure) < 0)
  .sort((a, b) => NUMBERS[a] - NUMBERS[b]);
const COUNT = API_ROWS + BY_OFFSET.length;
/** Words of its further part, an even number. */
const FURTHER_ROWS = even(BY_OFFSET.length);

/**
 * The offset of each. The kernel has one syscall; it reaches these through a table, so that code which uses them keeps its
 * digest when their implementations change. The prologue reads the first part of the table, and the further part is
 * read by the first transaction's call that wants one of it.
 */
export const KERNEL_API = Object.fromEntries([
  ...OFTEN.map((procedure, i) => [procedure, 1 + i]),
  ...BY_OFFSET.map((procedure, i) => [procedure, API_ROWS + i]),
]) as Readonly<Record<Procedure, number>>;

export interface ApiTable {
  /** Words from offset 0 on. */
  readonly first: readonly Word[];
  /** Words behind them. */
  readonly further: readonly Word[];
  /** The commitment to the further part, a word of the first. */
  readonly furtherCommitment: Word;
}

/** @param rootOf the digest of a procedure by its path in `kiln::kernel::api`. */
export function apiTable(rootOf: (path: string) => Word, commit: (words: readonly Word[]) => Word): ApiTable {
  const fill = (rows: number, words: readonly Word[]): Word[] =>
    Array.from({ length: rows }, (_, i) => words[i] ?? EMPTY_WORD);
  const further = fill(FURTHER_ROWS, BY_OFFSET.map(rootOf));
  const furtherCommitment = commit(further);
  const first = fill(API_ROWS, [...['further::run', ...OFTEN].map(rootOf), furtherCommitment]);
  return { first, further, furtherCommitment };
}

/** The constant that names a procedure's offset in assembly: `account::get_id` is `API_ACCOUNT_GET_ID`. */
const constantOf = (procedure: string): string => `API_${procedure.replace('::', '_').toUpperCase()}`;

/** Lines of Miden assembly: `API_*`, and where parts of the table begin and end. */
export const kernelApiConstants = (): string[] =>
  [
    ...Object.entries(KERNEL_API).map(([procedure, offset]) => [constantOf(procedure), offset]),
    ['API_FIRST_END', FURTHER_COMMITMENT],
    ['API_ROWS', API_ROWS],
    ['API_COUNT', COUNT],
    ['API_FURTHER_ROWS', FURTHER_ROWS],
  ].map(([name, value]) => `pub const ${name} = ${value}`);
