import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { MastForest, NodeId } from '../../vm/mast/types.ts';
import type { FunctionType, ValueType } from './value-type.ts';

/** What a package is for. The order is that of their tags in the format. */
export const PACKAGE_KINDS = [
  'library',
  'executable',
  'kernel',
  'account-component',
  'note',
  'transaction-script',
] as const;
export type PackageKind = (typeof PACKAGE_KINDS)[number];

/** Compiled code with its interface: the content of a `.masp` file. Paths are text, `::a::b`. */
export interface Package {
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  readonly description?: string;
  readonly kind: PackageKind;
  readonly forest: MastForest;
  readonly manifest: Manifest;
  /** In the order of the file. The official ids are {@link SectionId}; others are carried along. */
  readonly sections: readonly Section[];
}

export interface Manifest {
  /** By path, in increasing order. */
  readonly exports: readonly PackageExport[];
  readonly modules: readonly PackageModule[];
  readonly dependencies: readonly Dependency[];
  readonly entrypoint?: string;
}

export type PackageExport = ProcedureExport | ConstantExport | TypeExport;

export interface ProcedureExport {
  readonly kind: 'procedure';
  readonly path: string;
  readonly node?: NodeId;
  /** Index in the debug information. */
  readonly sourceNode?: number;
  readonly digest: Word;
  readonly signature?: FunctionType;
  readonly attributes: readonly PackageAttribute[];
}
interface ConstantExport {
  readonly kind: 'constant';
  readonly path: string;
  readonly value: PackageConstant;
}
interface TypeExport {
  readonly kind: 'type';
  readonly path: string;
  readonly type: ValueType;
}

export type PackageConstant =
  | { readonly kind: 'int'; readonly value: Felt }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'word'; readonly value: Word }
  /** `word("text")` or `event("text")`: the word, or the event id, that a text stands for. */
  | { readonly kind: 'hash'; readonly of: 'word' | 'event'; readonly text: string };

/** `@name`, `@name(a, b)` or `@name(k = v)`. */
export type PackageAttribute =
  | { readonly kind: 'marker'; readonly name: string }
  | { readonly kind: 'list'; readonly name: string; readonly values: readonly AttributeItem[] }
  | {
      readonly kind: 'map';
      readonly name: string;
      readonly values: readonly (readonly [key: string, value: AttributeItem])[];
    };
export type AttributeItem =
  | { readonly kind: 'name' | 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: Felt }
  | { readonly kind: 'word'; readonly value: Word };

export interface PackageModule {
  readonly path: string;
  /** Names of the public submodules. */
  readonly submodules: readonly string[];
}

export interface Dependency {
  readonly name: string;
  readonly kind: PackageKind;
  readonly version: string;
  /** {@link dependencyCommitment} of the package meant. */
  readonly digest: Word;
}

export interface Section {
  readonly id: string;
  readonly data: Uint8Array;
}

export const SectionId = {
  DEBUG_INFO: 'debug_info',
  ACCOUNT_COMPONENT_METADATA: 'account_component_metadata',
  PROJECT_SOURCE_PROVENANCE: 'project_source_provenance',
  /** The whole package of the kernel an executable was assembled for. */
  KERNEL: 'kernel',
} as const;
