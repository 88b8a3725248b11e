/**
 * The procedures of the transaction kernel that account code and scripts may call, with their offsets. The kernel has one
 * syscall; it reaches these through a table, so that code which uses them keeps its digest when their implementations
 * change. An offset never gets another meaning.
 *
 * Each is `kiln::kernel::api::<module>::<name>` in `masm/kernel/api/`; stack effects and who may call stand there.
 */
export const KERNEL_API = {
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
  'tx::get_expiration_delta': 59,
  'tx::update_expiration_delta': 60,
  'tx::get_script_root': 61,
  'tx::compute_fee': 62,
  'tx::get_fee_asset_id': 63,
  'output_note::send_many': 64,
} as const;

const COUNT = Math.max(...Object.values(KERNEL_API)) + 1;
/** Words of the table: offsets without a procedure hold the empty word, which no code has as its digest; an even number. */
export const API_ROWS = COUNT + (COUNT % 2);

/** The constant that names a procedure's offset in assembly: `account::get_id` is `API_ACCOUNT_GET_ID`. */
const constantOf = (procedure: string): string => `API_${procedure.replace('::', '_').toUpperCase()}`;

/** Lines of Miden assembly: `API_*`, `API_COUNT` (no offset is as great) and `API_ROWS`. */
export const kernelApiConstants = (): string[] => [
  ...Object.entries(KERNEL_API).map(
    ([procedure, offset]) => `pub const ${constantOf(procedure)} = ${offset}`,
  ),
  `pub const API_COUNT = ${COUNT}`,
  `pub const API_ROWS = ${API_ROWS}`,
];
