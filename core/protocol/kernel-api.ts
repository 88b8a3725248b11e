/**
 * The procedures of the transaction kernel that account code and scripts may call, in the order of their offsets. The
 * kernel has one syscall; it reaches these through a table, so that code which uses them keeps its digest when their
 * implementations change. Appending is compatible, every other change of this list is not.
 *
 * Each is `kiln::kernel::api::<module>::<name>` in `masm/kernel/api/`; stack effects and who may call stand there.
 */
export const KERNEL_API = [
  'account::get_initial_commitment',
  'account::compute_commitment',
  'account::get_id',
  'account::get_nonce',
  'account::incr_nonce',
  'account::get_code_commitment',
  'account::get_initial_storage_commitment',
  'account::compute_storage_commitment',
  'account::get_item',
  'account::get_initial_item',
  'account::set_item',
  'account::get_map_item',
  'account::get_initial_map_item',
  'account::set_map_item',
  'account::has_storage_slot',
  'account::get_initial_vault_root',
  'account::get_vault_root',
  'account::add_asset',
  'account::remove_asset',
  'account::get_asset',
  'account::get_initial_asset',
  'account::compute_delta_commitment',
  'account::upgrade',
  'account::get_code_upgrade_commitment',
  'account::get_num_procedures',
  'account::get_procedure_root',
  'account::was_procedure_called',
  'account::has_procedure',
  'faucet::mint',
  'faucet::burn',
  'input_note::get_metadata',
  'input_note::get_recipient',
  'input_note::get_assets',
  'input_note::get_asset',
  'input_note::remove_asset',
  'input_note::remove_all_assets',
  'input_note::get_attachments_commitment',
  'input_note::get_script_root',
  'input_note::get_storage',
  'input_note::get_serial',
  'input_note::get_id',
  'output_note::create',
  'output_note::get_metadata',
  'output_note::get_recipient',
  'output_note::get_assets',
  'output_note::get_attachments_commitment',
  'output_note::add_asset',
  'output_note::add_attachment',
  'output_note::seal',
  'output_note::is_sealed',
  'tx::get_num_input_notes',
  'tx::get_input_notes_commitment',
  'tx::get_num_output_notes',
  'tx::get_output_notes_commitment',
  'tx::get_block_commitment',
  'tx::get_block_number',
  'tx::get_block_timestamp',
  'tx::prepare_fpi',
  'tx::exec_foreign_proc',
  'tx::get_expiration_delta',
  'tx::update_expiration_delta',
  'tx::get_script_root',
  'tx::compute_fee',
  'tx::get_fee_asset_id',
  'output_note::send',
] as const;
export type KernelProcedure = (typeof KERNEL_API)[number];

/** The constant that names a procedure's offset in assembly: `account::get_id` is `API_ACCOUNT_GET_ID`. */
const constantOf = (procedure: KernelProcedure): string =>
  `API_${procedure.replace('::', '_').toUpperCase()}`;

/** Offsets of the kernel's procedures as a module of Miden assembly: `API_*`, and `API_COUNT`. */
export const kernelApiModule = (): string =>
  [
    "#! Offsets of the kernel's procedures, written from their list in TypeScript.",
    ...KERNEL_API.map((procedure, offset) => `pub const ${constantOf(procedure)} = ${offset}`),
    `pub const API_COUNT = ${KERNEL_API.length}`,
    '',
  ].join('\n');
