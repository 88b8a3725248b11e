import type { Felt } from '../field/felt.ts';
import type { Word } from '../hash/word.ts';
import type { SourceFile, SourceSpan } from '../vm/mast/types.ts';
import type {
  BareName,
  ErrorName,
  EventName,
  FeltName,
  LocalName,
  PushedU32Name,
  ShiftName,
  StackName,
  TargetName,
  U32Name,
} from './instructions.ts';

/** A symbol path; `absolute` when written (or resolved to) `::a::b`. Quoted segments stand here without quotes. */
export interface Path {
  readonly absolute: boolean;
  readonly segments: readonly string[];
}

/** A name at its place in the source, without quotes. */
export interface Name {
  readonly text: string;
  readonly span: SourceSpan;
}

export interface PathAt {
  readonly path: Path;
  readonly span: SourceSpan;
}

/** `public`: seen everywhere and exported; `internal`: seen in the whole package; `private`: in its module. */
export type Visibility = 'public' | 'internal' | 'private';

export type ModuleKind = 'library' | 'executable' | 'kernel';

/** The entry procedure of an executable module, made of its `begin … end`. */
export const MAIN_PROCEDURE = '$main';
/** Path of an executable that declares no namespace. */
export const EXECUTABLE_PATH: Path = { absolute: true, segments: ['$exec'] };
/** Path of the kernel module; `syscall.f` means `::$kernel::f`. */
export const KERNEL_PATH: Path = { absolute: true, segments: ['$kernel'] };

/** One source file, parsed and checked as far as one file alone can be. */
export interface Module {
  readonly file: SourceFile;
  readonly kind: ModuleKind;
  /** Absolute. */
  readonly path: Path;
  readonly docs?: string;
  /** Ids of `extern package "…"` declarations. */
  readonly externPackages: readonly Name[];
  readonly submodules: readonly Submodule[];
  readonly imports: readonly Import[];
  readonly constants: readonly Constant[];
  readonly types: readonly TypeDeclaration[];
  readonly adviceMap: readonly AdviceMapEntry[];
  /** In source order; an executable's entry is the one named `$main`. */
  readonly procedures: readonly Procedure[];
  /** What is allowed but most likely a mistake. */
  readonly warnings: readonly AssemblyWarning[];
}

export interface AssemblyWarning {
  readonly kind: 'unused-import' | 'unused-constant' | 'unused-documentation';
  readonly message: string;
  readonly span: SourceSpan;
}

export interface Submodule {
  readonly name: Name;
  readonly visibility: Visibility;
}

/** `use a::b [as c]` or one item of `use {x [as y], …} from a::b`. */
export type Import = ModuleImport | ItemImport;

interface ModuleImport {
  readonly kind: 'module';
  readonly visibility: Visibility;
  /** Absolute, `self::` resolved. */
  readonly path: PathAt;
  readonly localName: Name;
  readonly span: SourceSpan;
}

interface ItemImport {
  readonly kind: 'item';
  readonly visibility: Visibility;
  /** Absolute path of the module the item is taken from. */
  readonly from: PathAt;
  readonly name: Name;
  readonly localName: Name;
  readonly span: SourceSpan;
}

export interface Constant {
  readonly name: Name;
  readonly visibility: Visibility;
  readonly docs?: string;
  readonly expr: ConstantExpr;
  /** Present where the expression needs no other module. */
  readonly value?: ConstantValue;
  readonly span: SourceSpan;
}

export type ConstantOperator = '+' | '-' | '*' | '/' | '//';

/** `/` divides in the field, `//` divides integers; `+ - *` are checked 64-bit arithmetic. */
export type ConstantExpr =
  | { readonly kind: 'value'; readonly value: ConstantValue; readonly span: SourceSpan }
  | { readonly kind: 'reference'; readonly path: Path; readonly span: SourceSpan }
  | {
      readonly kind: 'binary';
      readonly operator: ConstantOperator;
      readonly left: ConstantExpr;
      readonly right: ConstantExpr;
      readonly span: SourceSpan;
    };

export type ConstantValue =
  | { readonly kind: 'int'; readonly value: Felt }
  | { readonly kind: 'word'; readonly value: Word }
  /** `event("name")`; `value` is the event's id. */
  | { readonly kind: 'event'; readonly name: string; readonly value: Felt }
  /** Only for error messages. */
  | { readonly kind: 'string'; readonly value: string };

/** `adv_map NAME[(key)] = [values]`. A missing key has been computed from the values. */
export interface AdviceMapEntry {
  readonly name: Name;
  readonly docs?: string;
  readonly key: Word;
  readonly values: readonly Felt[];
  readonly span: SourceSpan;
}

export interface Procedure {
  readonly name: Name;
  readonly visibility: Visibility;
  readonly docs?: string;
  /** All but `@locals` and `@callconv`, which `locals` and `signature` hold. */
  readonly attributes: readonly Attribute[];
  /** Field elements of local memory, as declared. */
  readonly locals: number;
  readonly signature?: Signature;
  readonly body: Block;
  readonly span: SourceSpan;
}

export interface Attribute {
  readonly name: Name;
  /** `@name`, `@name(a, b)` or `@name(k = v, …)`: nothing, positional values, or keyed ones. */
  readonly values: readonly { readonly key?: string; readonly value: AttributeValue }[];
  readonly span: SourceSpan;
}

export type AttributeValue =
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'word'; readonly value: Word };

export interface Block {
  /** Empty for the missing branch of an `if`. */
  readonly items: readonly BlockItem[];
  readonly span: SourceSpan;
}

export type BlockItem = Instruction | If | While | DoWhile | Repeat;

/** `if.false` has its branches swapped here. */
interface If {
  readonly kind: 'if';
  readonly onTrue: Block;
  readonly onFalse: Block;
  readonly span: SourceSpan;
}
interface While {
  readonly kind: 'while';
  readonly body: Block;
  readonly span: SourceSpan;
}
interface DoWhile {
  readonly kind: 'do-while';
  readonly body: Block;
  readonly condition: Block;
  readonly span: SourceSpan;
}
export interface Repeat {
  readonly kind: 'repeat';
  readonly count: Immediate<number>;
  readonly body: Block;
  readonly span: SourceSpan;
}

/** A constant in an operand whose value another module holds: an imported one, or one computed from such. */
export interface ConstantReference {
  readonly kind: 'constant';
  /** As written, a name in the scope of the module. */
  readonly name: string;
  readonly span: SourceSpan;
}

/** A known value, or one that only the linker can fill in (`resolveConstants` in sema/constants.ts does). */
export type Immediate<T> = T | ConstantReference;

interface InstructionBase {
  readonly kind: 'instruction';
  readonly span: SourceSpan;
}

/**
 * One instruction, spelt by `name` and `form`: `add` is `{name: 'add', form: 'none'}`, `add.5` is
 * `{name: 'add', form: 'felt', value: 5n}`. `push.1.2` has become two pushes, `u32and.5` a push and `u32and`,
 * `dup` has its default index.
 */
export type Instruction = InstructionBase &
  (
    | {
        readonly name:
          | BareName
          | FeltName
          | 'exp'
          | U32Name
          | PushedU32Name
          | ShiftName
          | ErrorName
          | EventName;
        readonly form: 'none';
      }
    | { readonly name: FeltName | 'exp'; readonly form: 'felt'; readonly value: Immediate<Felt> }
    /** `exp.uN`: bit length of the exponent, 0 to 63. */
    | { readonly name: 'exp'; readonly form: 'bits'; readonly value: number }
    | { readonly name: U32Name; readonly form: 'u32'; readonly value: Immediate<number> }
    | { readonly name: ShiftName; readonly form: 'shift'; readonly value: Immediate<number> }
    | { readonly name: LocalName; readonly form: 'local'; readonly value: Immediate<number> }
    | { readonly name: StackName; readonly form: 'index'; readonly value: number }
    | { readonly name: 'adv.push_mapvaln'; readonly form: 'padding'; readonly value: 0 | 4 | 8 }
    | { readonly name: 'push'; readonly form: 'push'; readonly value: Immediate<Felt | Word> }
    /** `push.WORD[start..end]`, the elements start (included) to end (excluded). */
    | {
        readonly name: 'push';
        readonly form: 'slice';
        readonly value: Immediate<Word>;
        readonly start: number;
        readonly end: number;
      }
    | { readonly name: TargetName; readonly form: 'target'; readonly target: InvocationTarget }
    /** `emit.X`, `trace.X`: the event's id. */
    | { readonly name: EventName; readonly form: 'event'; readonly value: Immediate<Felt> }
    | { readonly name: ErrorName; readonly form: 'error'; readonly message: Immediate<string> }
  );

/** What is invoked. Names have been looked up in the module's scope; `path` is always absolute. */
export type InvocationTarget =
  | { readonly kind: 'local'; readonly name: string; readonly span: SourceSpan }
  | { readonly kind: 'path'; readonly path: Path; readonly span: SourceSpan }
  | { readonly kind: 'digest'; readonly digest: Word; readonly span: SourceSpan };

export interface Signature {
  /** `fast` unless `@callconv` or a protocol attribute says otherwise. */
  readonly callingConvention: CallingConvention;
  readonly parameters: readonly { readonly name?: Name; readonly type: TypeExpr }[];
  readonly results: readonly TypeExpr[];
}

/** One that the language knows, or any other as written. */
export type CallingConvention = 'fast' | 'c' | 'wasm' | 'component-model' | { readonly extern: string };

export type PrimitiveType =
  | ('i1' | 'i8' | 'i16' | 'i32' | 'i64' | 'i128')
  | ('u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256')
  | ('felt' | 'word');

export type TypeExpr =
  | { readonly kind: 'primitive'; readonly name: PrimitiveType; readonly span: SourceSpan }
  /** `...`, the last of parameters or results. */
  | { readonly kind: 'variadic'; readonly span: SourceSpan }
  | { readonly kind: 'reference'; readonly path: Path; readonly span: SourceSpan }
  | {
      readonly kind: 'pointer';
      readonly pointee: TypeExpr;
      readonly addressSpace: 'byte' | 'felt';
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'array';
      readonly element: TypeExpr;
      readonly length: number;
      readonly span: SourceSpan;
    }
  | {
      readonly kind: 'struct';
      readonly representation: StructRepresentation;
      readonly fields: readonly { readonly name: Name; readonly type: TypeExpr }[];
      readonly span: SourceSpan;
    };

export type StructRepresentation =
  | { readonly kind: 'default' | 'transparent' }
  /** `alignment` is a power of two up to 32,768. */
  | { readonly kind: 'align' | 'packed'; readonly alignment: number };

export type TypeDeclaration = TypeAlias | EnumDeclaration;

interface TypeAlias {
  readonly kind: 'alias';
  readonly name: Name;
  readonly visibility: Visibility;
  readonly docs?: string;
  readonly type: TypeExpr;
  readonly span: SourceSpan;
}

export interface EnumDeclaration {
  readonly kind: 'enum';
  readonly name: Name;
  readonly visibility: Visibility;
  readonly docs?: string;
  readonly representation: PrimitiveType;
  /** Each is also a constant of the module. */
  readonly variants: readonly Name[];
  readonly span: SourceSpan;
}

/**
 * Options of `parseModule(file, options): Module` (parse.ts). Without `path` the source must declare its namespace,
 * except an executable. `kind` is what the caller wants the file to be; a `begin` makes it an executable.
 */
export interface ParseOptions {
  readonly kind?: ModuleKind;
  readonly path?: Path;
}

/** The text form of a path: `::a::b`; segments that are no plain names are quoted. */
export const pathText = (path: Path): string =>
  (path.absolute ? '::' : '') + path.segments.map((s) => (PLAIN_SEGMENT.test(s) ? s : `"${s}"`)).join('::');

const PLAIN_SEGMENT = /^(?:[A-Za-z_][A-Za-z0-9_]*|\$kernel|\$exec|\$main)$/;
