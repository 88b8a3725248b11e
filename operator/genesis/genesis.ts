import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { FormatError } from '../../core/bytes.ts';
import { compareWords, EMPTY_WORD, type Word, wordKey } from '../../core/hash/word.ts';
import { wordFromBytes, wordToBytes } from '../../core/hash/word-bytes.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import type { SmtEntry } from '../../core/merkle/smt-leaf.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { AccountPatch } from '../../core/protocol/account/account-patch.ts';
import type { SlotPatch } from '../../core/protocol/account/slot-patch.ts';
import { AssetId } from '../../core/protocol/asset/asset.ts';
import type { AccountChange } from '../../core/protocol/batch/account-change.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { BlockBody } from '../../core/protocol/block/block-body.ts';
import {
  kernelConfigCommitment,
  type ProtocolConfig,
  proofConfigCommitment,
  protocolConfigCommitment,
} from '../../core/protocol/block/protocol-config.ts';
import { signaturesToBytes, ValidatorSet } from '../../core/protocol/block/validators.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import { Limit } from '../../core/protocol/limits.ts';
import { noteId } from '../../core/protocol/note/note.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import {
  type PublishedNote,
  publishedHeader,
  publishedNoteFromBytes,
} from '../../core/protocol/transaction/note-lists.ts';
import { RELATION_DIGEST } from '../../core/stark/miden/relation.ts';
import { OperatorError } from '../errors.ts';
import type { Genesis } from '../state/state.ts';
import { type GenesisFile, genesisFileToBytes, parseGenesisFile } from './genesis-file.ts';

type Kernel = Pick<TransactionKernel, 'program' | 'procedures'>;

/** A network: what its genesis file fixes, computed. */
export interface Network {
  /** The prefix of its account ids. */
  readonly name: string;
  readonly validators: ValidatorSet;
  /** The rules of all its blocks. */
  readonly config: ProtocolConfig;
  readonly genesis: Genesis;
}

/** The network that a genesis file makes. Throws `FormatError`, `ProtocolError`, and `OperatorError` for another kernel. */
export function networkOf(source: Uint8Array, kernel: Kernel): Network {
  const file = parseGenesisFile(source);
  const { root } = kernelIdentity(kernel.program);
  if (file.kernel !== bytesToHex(wordToBytes(root)))
    throw new OperatorError('network-unknown', 'This network runs another transaction kernel.', {
      details: `its kernel is ${file.kernel}, this one is 0x${wordKey(root)}`,
      advice: 'Use the version of Kiln that the network was made for.',
    });
  const validators = new ValidatorSet(file.validators.quorum, file.validators.keys.map(hexToBytes));
  const config = protocolConfig(AccountId.parse(file.feeIssuer), kernel);
  const block = firstBlock(file, protocolConfigCommitment(config), validators.commitment);
  const { network: name, epochLogBlocks } = file;
  return {
    name,
    validators,
    config,
    genesis: { block, signatures: signaturesToBytes([]), epochLogBlocks, source },
  };
}

/** What a genesis file is made of. */
export interface NetworkParts {
  readonly name: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly baseFee?: number;
  readonly feeIssuer: AccountId;
  readonly epochLogBlocks?: number;
  readonly validators: ValidatorSet;
  /** Public accounts, none of them new. */
  readonly accounts?: readonly Account[];
  /** As published. */
  readonly notes?: readonly Uint8Array[];
}

/** Writes a genesis file. */
export function genesisSource(parts: NetworkParts, kernel: Kernel): Uint8Array {
  const { validators, accounts = [], notes = [] } = parts;
  const file: GenesisFile = {
    format: 'kiln-genesis',
    version: 1,
    network: parts.name,
    timestamp: parts.timestamp,
    baseFee: parts.baseFee ?? 0,
    feeIssuer: parts.feeIssuer.toString(),
    epochLogBlocks: parts.epochLogBlocks ?? Limit.EPOCH_LOG_BLOCKS,
    validators: { quorum: validators.quorum, keys: validators.keys.map(bytesToHex) },
    kernel: bytesToHex(wordToBytes(kernelIdentity(kernel.program).root)),
    accounts: accounts.map((account) =>
      account.id.type === 'public'
        ? { account: base64.encode(account.toBytes()) }
        : { id: account.id.toString(), commitment: bytesToHex(wordToBytes(account.commitment)) },
    ),
    notes: notes.map((note) => base64.encode(note)),
  };
  return genesisFileToBytes(file);
}

function protocolConfig(feeIssuer: AccountId, { program, procedures }: Kernel): ProtocolConfig {
  const { root } = kernelIdentity(program);
  return {
    feeAsset: new AssetId(feeIssuer, 'fungible'),
    transactionKernel: kernelConfigCommitment({ program: root, procedures: procedures.first }),
    // Batches and blocks are checked by whoever syncs, not by proofs.
    batchKernel: EMPTY_WORD,
    blockKernel: EMPTY_WORD,
    proofs: proofConfigCommitment({
      verifier: RELATION_DIGEST,
      precompileVerifier: EMPTY_WORD,
      estimator: EMPTY_WORD,
      minimumBits: Limit.PROOF_SECURITY_BITS,
    }),
  };
}

function firstBlock(file: GenesisFile, config: Word, validatorConfig: Word): Block {
  const updates = file.accounts.map(accountChange).sort((a, b) => a.id.compare(b.id));
  const notes = file.notes.map(readNote);
  if (notes.length > Limit.BATCH_NOTES)
    throw new FormatError('genesis file', `a first block makes at most ${Limit.BATCH_NOTES} notes`);
  const placed = notes.map((note, index) => ({ note, index, id: noteId(publishedHeader(note)) }));
  const ordered = placed.sort((a, b) => compareWords(a.id, b.id)).map((each, index) => ({ ...each, index }));
  const body = new BlockBody({
    updates,
    batches: ordered.length > 0 ? [{ transactions: [], notes: ordered }] : [],
    nullifiers: [],
  });
  const accounts = new Smt(updates.map(({ id, final }): SmtEntry => [id.key, final]));
  return new Block(
    {
      number: 0,
      timestamp: file.timestamp,
      previous: EMPTY_WORD,
      chain: new Mmr().commitment(),
      accountRoot: accounts.root,
      nullifierRoot: new Smt().root,
      noteRoot: body.noteTree.root,
      transactions: body.transactionsCommitment,
      protocolConfig: config,
      validatorConfig,
      nextConfig: EMPTY_WORD,
      baseFee: file.baseFee,
    },
    body,
  );
}

/** Private accounts come as their state's commitment, public ones whole. */
function accountChange(entry: GenesisFile['accounts'][number]): AccountChange {
  const refuse = (problem: string): never => {
    throw new FormatError('genesis file', problem);
  };
  if ('commitment' in entry) {
    const id = AccountId.parse(entry.id);
    if (id.type === 'public') refuse(`account ${id} is public and comes as its commitment only`);
    const final = wordFromBytes(hexToBytes(entry.commitment)) ?? refuse('a commitment is no word');
    return { id, initial: EMPTY_WORD, final };
  }
  const account = Account.fromBytes(base64.decode(entry.account));
  if (account.id.type === 'private') refuse(`account ${account.id} is private and comes whole`);
  if (account.isNew) refuse(`account ${account.id} has had no transaction`);
  return { id: account.id, initial: EMPTY_WORD, final: account.commitment, patch: creationOf(account) };
}

/** What makes the account out of nothing. */
function creationOf({ id, nonce, code, storage, vault }: Account): AccountPatch {
  const slots = storage.slots.map((slot): SlotPatch => {
    const { name } = slot;
    return slot.kind === 'value'
      ? { name, kind: 'value', operation: 'create', value: slot.value }
      : { name, kind: 'map', operation: 'create', entries: slot.map.entries };
  });
  const assets = vault.assets.map((asset) => ({ id: asset.id, value: asset.value }));
  return new AccountPatch({ id, nonce, code, slots, assets });
}

const readNote = (text: string): PublishedNote => publishedNoteFromBytes(base64.decode(text));
