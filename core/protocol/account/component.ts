import { SEMANTIC_VERSION } from '../../assembly/package/format.ts';
import type { Package, ProcedureExport } from '../../assembly/package/package.ts';
import { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import { definedProcedures } from '../../vm/mast/prune.ts';
import type { MastForest } from '../../vm/mast/types.ts';
import { ProtocolError } from '../errors.ts';
import {
  checkSchema,
  type InitialValues,
  initialSlots,
  readSchema,
  type SlotSchema,
  writeSchema,
} from './component-schema.ts';
import type { StorageSlot } from './storage.ts';

/** Section of a package with the schema of its slots. The official section of that purpose has another format. */
const SCHEMA_SECTION = 'kiln_component_schema';
const AUTH = 'auth_script';
const PROCEDURE = 'account_procedure';

/** A package of kind `account-component` that describes its storage slots. Throws `account-component`, `account-storage`. */
export function withSchema(pack: Package, schema: readonly SlotSchema[]): Package {
  checkSchema(schema);
  const writer = new ByteWriter();
  writeSchema(schema, writer);
  const others = pack.sections.filter(({ id }) => id !== SCHEMA_SECTION);
  return { ...pack, sections: [...others, { id: SCHEMA_SECTION, data: writer.finish() }] };
}

/** The slots that a package describes. Throws `FormatError`. */
export function schemaOf({ sections }: Package): SlotSchema[] {
  const section = sections.find(({ id }) => id === SCHEMA_SECTION);
  if (!section) return [];
  const reader = new ByteReader(section.data, 'component schema');
  const schema = readSchema(reader);
  reader.end();
  return schema;
}

/**
 * A part that accounts are built from: procedures of a package, and storage slots with their first values. The
 * attribute `@account_procedure` makes an exported procedure part of the account's interface, `@auth_script` the one
 * that authenticates.
 */
export class AccountComponent {
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  /** Roots of the account procedures, each once. */
  readonly procedures: readonly Word[];
  /** Root of the procedure that authenticates. */
  readonly auth?: Word;
  readonly slots: readonly StorageSlot[];
  readonly forests: readonly MastForest[];

  /**
   * @param libraries code that the package links dynamically
   * Throws `account-component`: not a component, no procedure, two that authenticate, values that do not fit the
   * schema; `account-code` if code is missing.
   */
  constructor(pack: Package, values: InitialValues = {}, libraries: readonly Package[] = []) {
    const refuse = (message: string, details: string): never => {
      throw new ProtocolError('account-component', message, { details: `${pack.name}: ${details}` });
    };
    if (pack.kind !== 'account-component')
      refuse('This package is not an account component.', `kind ${pack.kind}`);
    if (!SEMANTIC_VERSION.test(pack.version)) refuse('A component has a semantic version.', pack.version);
    const exported = pack.manifest.exports.filter((each) => each.kind === 'procedure');
    const auth = exported.filter((each) => hasAttribute(each, AUTH));
    const procedures = exported.filter((each) => hasAttribute(each, PROCEDURE));
    if (auth.length > 1)
      refuse(
        'A component has at most one procedure that authenticates.',
        auth.map(({ path }) => path).join(', '),
      );
    if (auth.length + procedures.length === 0)
      refuse('A component has an account procedure.', `none has @${PROCEDURE} or @${AUTH}`);
    this.name = pack.name;
    this.version = pack.version;
    this.procedures = distinct(procedures.map(({ digest }) => digest));
    if (auth.length === 1) this.auth = auth[0].digest;
    this.slots = initialSlots(schemaOf(pack), values);
    this.forests = [pack, ...libraries].map(({ forest }) => forest);
    const known = new Set(this.forests.flatMap((forest) => [...definedProcedures(forest).keys()]));
    for (const { path, digest } of [...auth, ...procedures]) {
      if (!known.has(wordKey(digest)))
        throw new ProtocolError('account-code', 'The code of a procedure is missing.', { details: path });
    }
  }
}

function hasAttribute({ attributes }: ProcedureExport, name: string): boolean {
  return attributes.some((each) => each.name === name);
}

const distinct = (roots: readonly Word[]): Word[] => [
  ...new Map(roots.map((root) => [wordKey(root), root])).values(),
];
