import { ByteReader, ByteWriter } from '../../bytes.ts';
import { TransactionData, type TransactionDataParts } from './transaction-data.ts';

const FORMAT = 1;
const MAX_PROOF_BYTES = 2 ** 22;

interface Parts extends TransactionDataParts {
  /** A private proof, or an execution proof where that is good enough, of the transaction kernel's main program. */
  readonly proof: Uint8Array;
}

/** A transaction as it is broadcast: public data and the proof. Whether the proof holds is `verifyTransaction`'s business. */
export class ProvenTransaction extends TransactionData {
  readonly proof: Uint8Array;

  /** Throws `transaction`. */
  constructor(parts: Parts) {
    super(parts);
    this.proof = parts.proof;
  }

  toBytes(): Uint8Array {
    const writer = new ByteWriter().u8(FORMAT);
    this.write(writer);
    return writer.vint(this.proof.length).bytes(this.proof).finish();
  }
  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): ProvenTransaction {
    const reader = new ByteReader(bytes, 'transaction');
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const data = TransactionData.read(reader);
    const proof = reader.bytes(reader.count(1, MAX_PROOF_BYTES));
    reader.end();
    return new ProvenTransaction({ ...data, proof });
  }
}
