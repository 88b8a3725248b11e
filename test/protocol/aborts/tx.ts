import { EMPTY_WORD } from '../../../core/hash/word.ts';
import type { ProtocolConfig } from '../../../core/protocol/block/protocol-config.ts';
import { protocolConfigCommitment } from '../../../core/protocol/block/protocol-config.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { api, doing } from '../hostile.ts';
import { blockWith, kernel } from '../transactions.ts';
import { type AbortCases, acting, block, coins } from './fixtures.ts';

const BIG = 2n ** 32n;
const expire = (delta: bigint): string => api('tx::update_expiration_delta', delta);
const fee = (extra: bigint, excluded: readonly bigint[] = EMPTY_WORD): string =>
  api('tx::compute_fee', extra, ...excluded);

const charging = blockWith([], { baseFee: 1 });

const config: ProtocolConfig = {
  feeAsset: coins(1n).id,
  transactionKernel: EMPTY_WORD,
  batchKernel: EMPTY_WORD,
  blockKernel: EMPTY_WORD,
  proofs: EMPTY_WORD,
};

export const TX_CASES: AbortCases = {
  'kernel/dispatcher exec_kernel_proc: the offset of a kernel procedure is not below 2^32': () =>
    acting(`push.${BIG} syscall.exec_kernel_proc`),
  'kernel/api/further run: the kernel has no such procedure': () => acting('push.0 syscall.exec_kernel_proc'),
  "kernel/api/further load: the kernel's further procedures are not those of this program": () =>
    acting(api('tx::get_block_timestamp'), {
      procedures: { ...kernel.procedures, further: kernel.procedures.further.with(0, EMPTY_WORD) },
    }),
  'kernel/api/further run: the kernel has no such procedure #2': () =>
    acting(`push.${Limit.KERNEL_PROCEDURES} syscall.exec_kernel_proc`),
  'kernel/api/tx get_block_commitment: the number of a block is not below 2^32': () =>
    acting(api('tx::get_block_commitment', BIG, 0n, 0n)),
  'kernel/api/tx get_block_commitment: the block is after the reference block': () =>
    acting(api('tx::get_block_commitment', BigInt(block.number + 1), 0n, 0n)),
  'kernel/api/tx update_expiration_delta: a transaction expires after 1 to 65535 blocks': () =>
    acting(expire(BIG)),
  'kernel/api/tx update_expiration_delta: a transaction expires after 1 to 65535 blocks #2': () =>
    acting(expire(0n)),
  'kernel/api/tx update_expiration_delta: a transaction expires after 1 to 65535 blocks #3': () =>
    acting(expire(BigInt(Limit.EXPIRATION_DELTA) + 1n)),
  'kernel/api/tx update_expiration_delta: the chain ends before the transaction expires': () =>
    acting(expire(2n), blockWith([], { number: 2 ** 32 - 2 })),
  'kernel/api/tx compute_fee: no notes can be excluded from the fee': () =>
    acting(fee(0n, [1n, 0n, 0n, 0n]), charging),
  'kernel/fee compute: the extra cycles are not below 2^32': () => acting(fee(BIG), charging),
  'kernel/fee compute: a transaction cannot take so many cycles': () => acting(fee(BIG - 1n), charging),
  'kernel/fee compute: a transaction cannot take so many cycles #2': () =>
    acting(fee(BigInt(Limit.TRANSACTION_CYCLES)), charging),
  "kernel/api/tx get_fee_asset_id: the protocol's configuration is not the reference block's": () => {
    const commitment = protocolConfigCommitment(config);
    const { block: reference } = blockWith([], { protocolConfig: commitment });
    const asking = doing(api('tx::get_fee_asset_id', 0n, 0n, 0n));
    return acting('nop', {
      block: reference,
      script: { ...asking, map: [[commitment, Array<bigint>(24).fill(1n)]] },
    });
  },
};
