import type { Package } from '../../assembly/package/package.ts';
import type { Word } from '../../hash/word.ts';
import { pruneForests } from '../../vm/mast/prune.ts';
import { AccountComponent, withSchema } from '../account/component.ts';
import type { InitialValues, SlotSchema } from '../account/component-schema.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import type { NoteScript } from '../note/note-recipient.ts';

/** Where the code of `masm/standards` comes from. */
export type Standards = Pick<TransactionKernel, 'standards'>;

const NAMESPACE = '::kiln::standards::';
/** Of all components of the library. */
const VERSION = '1.0.0';

function exportsBelow({ manifest }: Package, path: string) {
  const found = manifest.exports.flatMap((each) =>
    each.kind === 'procedure' && (each.path === path || each.path.startsWith(`${path}::`)) ? [each] : [],
  );
  if (found.length === 0) throw new RangeError(`there is no standard procedure ${path}`);
  return found;
}

/** A value for each name, made when it is first asked for and as long-lived as the library. */
function cached<T>(make: (standards: Package, name: string) => T): (standards: Package, name: string) => T {
  const all = new WeakMap<Package, Map<string, T>>();
  return (standards, name) => {
    let own = all.get(standards);
    if (!own) all.set(standards, (own = new Map()));
    let value = own.get(name);
    if (value === undefined) own.set(name, (value = make(standards, name)));
    return value;
  };
}

const roots = cached((standards, name) => exportsBelow(standards, `${NAMESPACE}${name}`)[0].digest);

/** The root of a procedure of `kiln::standards`, e.g. `p2id::main`. */
export const standardProcedure = ({ standards }: Standards, name: string): Word => roots(standards, name);

const noteScripts = cached((standards, name): NoteScript => {
  const root = standardProcedure({ standards }, name);
  return { root, forests: pruneForests([standards.forest], [root]) };
});

/** The note script with the procedure of this name, e.g. `p2id::main`, and no code but what it needs. */
export const standardNoteScript = ({ standards }: Standards, name: string): NoteScript =>
  noteScripts(standards, name);

/** The module of the library as a package of its own. */
const componentPackages = cached((standards, module): Package => {
  const exports = exportsBelow(standards, `${NAMESPACE}${module}`);
  const [forest] = pruneForests(
    [standards.forest],
    exports.map(({ digest }) => digest),
  );
  return {
    ...standards,
    name: `kiln-${module.replaceAll('::', '-').replaceAll('_', '-')}`,
    version: VERSION,
    kind: 'account-component',
    forest,
    manifest: { ...standards.manifest, exports },
    sections: [],
  };
});
/**
 * The component whose procedures are those of a module, e.g. `auth::key`: the ones with `@account_procedure` or
 * `@auth_script`. `values` are what its slots hold at first. Throws `account-component` where they do not fit the schema.
 */
export const standardComponent = (
  { standards }: Standards,
  module: string,
  schema: readonly SlotSchema[] = [],
  values: InitialValues = {},
): AccountComponent => new AccountComponent(withSchema(componentPackages(standards, module), schema), values);
