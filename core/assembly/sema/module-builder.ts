import { hashElements } from '../../hash/eidos.ts';
import { wordKey } from '../../hash/word.ts';
import type { SourceFile, SourceSpan } from '../../vm/mast/types.ts';
import {
  type AdviceMapEntry,
  type AssemblyWarning,
  type Constant,
  EXECUTABLE_PATH,
  type Import,
  KERNEL_PATH,
  MAIN_PROCEDURE,
  type Module,
  type ModuleKind,
  type Name,
  type ParseOptions,
  type Path,
  type PathAt,
  type Procedure,
  pathText,
  type Submodule,
  type TypeDeclaration,
} from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import { MAX_MODULE_ITEMS } from '../limits.ts';
import type { Docs } from '../parser/docs.ts';
import type { AdviceMapForm, ConstantForm, Form } from '../parser/form.ts';
import { samePath } from '../path.ts';
import { globalImports } from './imports.ts';

/** Makes a module of its forms: collects them, names each once, and settles what kind of module it is and where. */
export class ModuleBuilder {
  private readonly file: SourceFile;
  private readonly options: ParseOptions;
  private readonly names = new Map<string, SourceSpan>();
  private readonly adviceKeys = new Map<string, SourceSpan>();
  private readonly externPackages = new Map<string, Name>();
  private readonly submodules: Submodule[] = [];
  private readonly imports: Import[] = [];
  private readonly constants: Constant[] = [];
  private readonly types: TypeDeclaration[] = [];
  private readonly adviceMap: AdviceMapEntry[] = [];
  private readonly procedures: Procedure[] = [];
  private readonly warnings: AssemblyWarning[] = [];
  private namespace: PathAt | undefined;
  private moduleDocs: Docs | undefined;
  /** Documentation that waits for what it is about. */
  private docs: Docs | undefined;
  private isEmpty = true;

  constructor(file: SourceFile, options: ParseOptions) {
    this.file = file;
    this.options = options;
  }

  /** Adds the next form of the source. Throws when it cannot stand beside those before it. */
  add(form: Form): void {
    if (form.kind === 'docs') {
      this.addDocs(form.docs);
    } else {
      this.addForm(form);
      this.isEmpty = false;
      this.dropDocs();
    }
  }

  /** The module; its names have not been looked up. */
  finish(): Module {
    this.dropDocs();
    const kind = this.kind();
    const path = this.path(kind);
    const { file, submodules, constants, types, adviceMap, procedures, warnings } = this;
    const imports = globalImports(this.imports, path);
    const docs = this.moduleDocs ? { docs: this.moduleDocs.text } : {};
    const externPackages = [...this.externPackages.values()];
    const declared = { externPackages, submodules, imports, constants, types, adviceMap, procedures };
    const module: Module = { file, kind, path, ...docs, ...declared, warnings };
    checkExports(module);
    return module;
  }

  private addForm(form: Exclude<Form, { kind: 'docs' }>): void {
    switch (form.kind) {
      case 'namespace':
        this.addNamespace(form.path);
        break;
      case 'extern-package':
        this.addPackage(form.name);
        break;
      case 'submodule':
        this.claim(form.submodule.name);
        this.submodules.push(form.submodule);
        break;
      case 'import':
        this.claim(form.import.localName);
        this.imports.push(form.import);
        break;
      case 'constant':
        this.addConstant(form.constant);
        break;
      case 'type':
        this.claim(form.type.name);
        this.types.push({ ...form.type, ...this.takeDocs() });
        break;
      case 'enum':
        this.claim(form.type.name);
        this.types.push({ ...form.type, ...this.takeDocs() });
        for (const variant of form.variants) this.addConstant(variant);
        break;
      case 'advice-map':
        this.addAdvice(form.entry);
        break;
      case 'procedure':
        this.claim(form.procedure.name);
        this.procedures.push({ ...form.procedure, ...this.takeDocs() });
    }
  }

  private claim({ text, span }: Name): void {
    const previous = this.names.get(text);
    if (previous) {
      throw new AssemblyError(
        'duplicate-symbol',
        `\`${text === MAIN_PROCEDURE ? 'begin' : text}\` is there twice`,
        {
          span,
          related: [{ label: 'first defined here', span: previous }],
        },
      );
    }
    if (this.names.size === MAX_MODULE_ITEMS) {
      throw new AssemblyError('invalid-module', 'the module has too many items', {
        span,
        expected: `at most ${MAX_MODULE_ITEMS}`,
        advice: 'split it into submodules',
      });
    }
    this.names.set(text, span);
  }

  private addNamespace(path: PathAt): void {
    if (!this.isEmpty || this.docs) {
      throw new AssemblyError('invalid-module', 'the namespace is declared too late', {
        span: path.span,
        expected: 'it as the first declaration of the module',
      });
    }
    const given = this.options.path;
    if (given && !samePath(given, path.path)) {
      throw new AssemblyError('invalid-module', 'the module declares another namespace than its own', {
        span: path.span,
        expected: `\`${pathText(given)}\``,
      });
    }
    this.namespace = path;
  }

  private addPackage(name: Name): void {
    const previous = this.externPackages.get(name.text);
    if (previous) {
      throw new AssemblyError('duplicate-symbol', `the package \`${name.text}\` is declared twice`, {
        span: name.span,
        related: [{ label: 'first declared here', span: previous.span }],
      });
    }
    this.externPackages.set(name.text, name);
  }

  private addConstant(form: ConstantForm): void {
    this.claim(form.name);
    this.constants.push({ ...form, ...this.takeDocs() });
  }

  private addAdvice({ name, key: given, values, span }: AdviceMapForm): void {
    this.claim(name);
    const key = given ?? hashElements(values);
    const previous = this.adviceKeys.get(wordKey(key));
    if (previous) {
      throw new AssemblyError('duplicate-symbol', 'two entries of the advice map have the same key', {
        span,
        related: [{ label: 'the other entry', span: previous }],
      });
    }
    this.adviceKeys.set(wordKey(key), span);
    this.adviceMap.push({ name, key, values, span, ...this.takeDocs() });
    const expr = { kind: 'value', value: { kind: 'word', value: key }, span } as const;
    this.constants.push({ name, visibility: 'private', expr, span });
  }

  private addDocs(docs: Docs): void {
    if (docs.isModule) {
      this.moduleDocs = docs;
    } else {
      this.dropDocs();
      this.docs = docs;
    }
  }

  private takeDocs(): { readonly docs?: string } {
    const { docs } = this;
    this.docs = undefined;
    return docs ? { docs: docs.text } : {};
  }

  private dropDocs(): void {
    if (!this.docs) return;
    const message = 'this documentation is about nothing';
    this.warnings.push({ kind: 'unused-documentation', message, span: this.docs.span });
    this.docs = undefined;
  }

  private kind(): ModuleKind {
    const { kind } = this.options;
    const entry = this.procedures.find(({ name }) => name.text === MAIN_PROCEDURE);
    if (entry && kind !== undefined && kind !== 'executable') {
      throw new AssemblyError('invalid-module', `a ${kind} has no \`begin\` block`, {
        span: entry.name.span,
        expected: 'procedures, `proc`',
      });
    }
    if (!entry && kind === 'executable') {
      const end = this.file.text.length;
      throw new AssemblyError('missing-entrypoint', 'the program has no `begin` block', {
        span: { file: this.file, start: end, end },
        expected: '`begin … end`',
      });
    }
    return entry ? 'executable' : (kind ?? 'library');
  }

  private path(kind: ModuleKind): Path {
    const declared = this.namespace?.path ?? this.options.path;
    if (declared) return { absolute: true, segments: declared.segments };
    if (kind === 'executable') return EXECUTABLE_PATH;
    if (kind === 'kernel') return KERNEL_PATH;
    throw new AssemblyError('invalid-module', 'the module has no namespace', {
      span: { file: this.file, start: 0, end: 0 },
      expected: '`namespace a::b` first, or a path given by the caller',
      advice: 'a program has a `begin` block',
    });
  }
}

/** A program exports nothing but its entry; a kernel exports only its own procedures. */
function checkExports({ kind, constants, types, procedures, imports }: Module): void {
  if (kind === 'library') return;
  const reexport = imports.find(({ visibility }) => visibility !== 'private');
  if (kind === 'kernel') {
    if (!reexport) return;
    const { span } = reexport.localName;
    throw new AssemblyError('kernel-misuse', 'a kernel cannot export items of other modules', { span });
  }
  const exported = [...constants, ...types, ...procedures].find(
    ({ name, visibility }) => visibility !== 'private' && name.text !== MAIN_PROCEDURE,
  );
  const span = exported?.name.span ?? reexport?.localName.span;
  if (!span) return;
  throw new AssemblyError('invalid-module', 'a program exports nothing', {
    span,
    expected: 'the declaration without `pub`',
    advice: 'move what others shall use into a library',
  });
}
