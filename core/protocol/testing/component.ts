import { assembleLibrary } from '../../assembly/assemble.ts';
import type { Package } from '../../assembly/package/package.ts';

/** A component's package from the source of its one module. */
export const componentPackage = (name: string, text: string): Package =>
  assembleLibrary({
    name,
    version: '1.0.0',
    kind: 'account-component',
    root: { path: `::${name}`, file: { name: `${name}.masm`, text } },
  });
