import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import type { SourceFile, SourceSpan } from '../../vm/mast/types.ts';
import type {
  Attribute,
  ConstantExpr,
  EnumDeclaration,
  Import,
  Name,
  PathAt,
  Procedure,
  Submodule,
  TypeDeclaration,
  Visibility,
} from '../ast.ts';
import { MAIN_PROCEDURE } from '../ast.ts';
import { parseAttribute, procedureTraits } from './attribute.ts';
import { parseBody } from './block.ts';
import { Cursor } from './cursor.ts';
import { type Docs, parseDocs } from './docs.ts';
import { parseConstantExpr, parseIntegerExpr } from './expression.ts';
import { isFormStart } from './form-start.ts';
import { T } from './lexer.ts';
import { parseFelt, parseNumber, parseWordLiteral, unquote } from './literals.ts';
import { parseConstantName, parseName, parsePath } from './names.ts';
import { commaSeparated, parseEnumRepresentation, parseSignature, parseType } from './type.ts';

/** The forms of a module as they stand in its source; nothing has been looked up. */
export type Form =
  | { readonly kind: 'docs'; readonly docs: Docs }
  | { readonly kind: 'namespace'; readonly path: PathAt }
  | { readonly kind: 'extern-package'; readonly name: Name }
  | { readonly kind: 'submodule'; readonly submodule: Submodule }
  | { readonly kind: 'import'; readonly import: Import }
  | { readonly kind: 'constant'; readonly constant: ConstantForm }
  | { readonly kind: 'type'; readonly type: TypeDeclaration }
  | { readonly kind: 'enum'; readonly type: EnumDeclaration; readonly variants: readonly ConstantForm[] }
  | { readonly kind: 'advice-map'; readonly entry: AdviceMapForm }
  | { readonly kind: 'procedure'; readonly procedure: Procedure };

export interface ConstantForm {
  readonly name: Name;
  readonly visibility: Visibility;
  readonly expr: ConstantExpr;
  readonly span: SourceSpan;
}

export interface AdviceMapForm {
  readonly name: Name;
  readonly key?: Word;
  readonly values: readonly Felt[];
  readonly span: SourceSpan;
}

/** Parses the top-level forms of a source, one by one, in order. */
export function* parseForms(file: SourceFile): Generator<Form> {
  const cursor = new Cursor(file);
  while (!cursor.at(T.eof)) {
    if (cursor.at(T.doc)) yield { kind: 'docs', docs: parseDocs(cursor) };
    else yield* parseForm(cursor);
  }
}

function* parseForm(cursor: Cursor): Generator<Form> {
  const first = cursor.index;
  const attributes: Attribute[] = [];
  while (cursor.at(T.at)) attributes.push(parseAttribute(cursor));
  if (attributes.length === 0 && !isFormStart(cursor)) throw cursor.unexpected(TOP_LEVEL);
  const visibility = parseVisibility(cursor);
  const keyword = cursor.text();
  if (attributes.length > 0 && keyword !== 'proc') throw cursor.unexpected('`proc` after an attribute');
  if (visibility !== 'private' && !PUBLISHABLE.includes(keyword)) {
    throw cursor.unexpected(`one of ${PUBLISHABLE.join(', ')} after \`pub\``);
  }
  cursor.take();
  switch (keyword) {
    case 'namespace':
      yield { kind: 'namespace', path: parsePath(cursor, 'a namespace') };
      break;
    case 'extern':
      yield { kind: 'extern-package', name: parsePackageName(cursor) };
      break;
    case 'mod':
      yield {
        kind: 'submodule',
        submodule: { name: parseName(cursor, 'the name of a module'), visibility },
      };
      break;
    case 'use':
      yield* parseImport(cursor, first, visibility);
      break;
    case 'const':
      yield { kind: 'constant', constant: parseConstant(cursor, first, visibility) };
      break;
    case 'type':
      yield { kind: 'type', type: parseTypeAlias(cursor, first, visibility) };
      break;
    case 'enum':
      yield parseEnum(cursor, first, visibility);
      break;
    case 'adv_map':
      yield { kind: 'advice-map', entry: parseAdviceMap(cursor, first) };
      break;
    case 'begin':
      yield { kind: 'procedure', procedure: parseBegin(cursor, first) };
      break;
    default:
      yield { kind: 'procedure', procedure: parseProcedure(cursor, first, attributes, visibility) };
  }
}

const PUBLISHABLE = ['const', 'enum', 'mod', 'proc', 'type', 'use'];
const TOP_LEVEL =
  'a declaration: `proc`, `begin`, `const`, `use`, `type`, `enum`, `adv_map`, `mod`, `namespace` or `extern package`';

/** Takes `pub`, `pub(package)` or nothing. */
function parseVisibility(cursor: Cursor): Visibility {
  if (!cursor.skipKeyword('pub')) return 'private';
  if (!cursor.skip(T.lparen)) return 'public';
  if (!cursor.skipKeyword('package')) throw cursor.unexpected('`package`');
  cursor.expect(T.rparen, '`)`');
  return 'internal';
}

function parsePackageName(cursor: Cursor): Name {
  cursor.take();
  if (!cursor.at(T.string)) return parseName(cursor, 'the id of a package');
  const index = cursor.take();
  const span = cursor.span(index);
  const text = unquote(cursor.textOf(index));
  if (!/^[\x21-\x22\x24-\x7e\p{Alphabetic}\p{N}]+$/u.test(text)) {
    throw cursor.error('invalid-name', 'not the id of a package', span, 'visible characters other than `#`');
  }
  return { text, span };
}

function* parseImport(cursor: Cursor, first: number, visibility: Visibility): Generator<Form> {
  if (cursor.atLineEnd()) throw cursor.unexpected('a path or names in braces on this line');
  if (cursor.at(T.star)) throw cursor.unexpected('a path or names in braces', { advice: NO_WILDCARDS });
  if (!cursor.at(T.lbrace)) {
    if (visibility !== 'private') throw cursor.unexpected('names in braces after `pub use`');
    const path = parsePath(cursor, 'the path of a module');
    const lastSegment = cursor.index - 1;
    const localName = parseAlias(cursor) ?? {
      text: path.path.segments.at(-1)!,
      span: cursor.span(lastSegment),
    };
    yield {
      kind: 'import',
      import: { kind: 'module', visibility, path, localName, span: cursor.spanFrom(first) },
    };
    return;
  }
  cursor.take();
  const names = commaSeparated(cursor, T.rbrace, () => {
    if (cursor.at(T.star)) throw cursor.unexpected('a name', { advice: NO_WILDCARDS });
    const name = parseName(cursor, 'a name to import');
    return { name, localName: parseAlias(cursor) ?? name };
  });
  if (names.length === 0) throw cursor.unexpected('at least one name');
  cursor.expect(T.rbrace, '`,` or `}` after a name');
  if (!cursor.skipKeyword('from')) throw cursor.unexpected('`from` and the path of a module');
  if (cursor.atLineEnd()) throw cursor.unexpected('the path of a module on this line');
  const from = parsePath(cursor, 'the path of a module');
  rejectArrow(cursor);
  const span = cursor.spanFrom(first);
  for (const { name, localName } of names) {
    yield { kind: 'import', import: { kind: 'item', visibility, from, name, localName, span } };
  }
}

const NO_WILDCARDS = 'name each item that is imported';

/** Takes `as name`, if it is there. */
function parseAlias(cursor: Cursor): Name | undefined {
  rejectArrow(cursor);
  return cursor.skipKeyword('as') ? parseName(cursor, 'a name after `as`') : undefined;
}

function rejectArrow(cursor: Cursor): void {
  if (cursor.at(T.arrow)) throw cursor.unexpected('`as` and another name');
}

function parseConstant(cursor: Cursor, first: number, visibility: Visibility): ConstantForm {
  const name = parseConstantName(cursor, 'the name of a constant');
  cursor.expect(T.equal, '`=` and a value');
  const end = expressionEnd(cursor);
  if (end === cursor.index) throw cursor.unexpected('a value');
  const expr = cursor.within(end, () => parseConstantExpr(cursor), 'an operator or the end of the line');
  return { name, visibility, expr, span: cursor.spanFrom(first) };
}

/** A constant's value ends with its line, or before another form; brackets keep it open. */
function expressionEnd(cursor: Cursor): number {
  const first = cursor.index;
  let nesting = 0;
  for (; !cursor.at(T.eof); cursor.take()) {
    const kind = cursor.kind();
    if (nesting === 0) {
      if (kind === T.doc) break;
      if (cursor.index > first && (cursor.atLineEnd() || (cursor.isSpaced() && isFormStart(cursor)))) break;
    }
    if (kind === T.lparen || kind === T.lbracket || kind === T.lbrace) nesting++;
    else if (kind === T.rparen || kind === T.rbracket || kind === T.rbrace)
      nesting = Math.max(0, nesting - 1);
  }
  const end = cursor.index;
  cursor.index = first;
  return end;
}

function parseTypeAlias(cursor: Cursor, first: number, visibility: Visibility): TypeDeclaration {
  const name = parseName(cursor, 'the name of a type');
  cursor.expect(T.equal, '`=` and a type');
  const type = parseType(cursor);
  expectLineEnd(cursor);
  return { kind: 'alias', name, visibility, type, span: cursor.spanFrom(first) };
}

/** Variants are constants: the one named, or one more than the variant before. */
function parseEnum(cursor: Cursor, first: number, visibility: Visibility): Form {
  const name = parseName(cursor, 'the name of a type');
  cursor.expect(T.colon, '`:` and the type that represents the enum');
  const representation = parseEnumRepresentation(cursor);
  cursor.expect(T.lbrace, '`{`');
  let previous: ConstantForm | undefined;
  const variants = commaSeparated(cursor, T.rbrace, (): ConstantForm => {
    const start = cursor.index;
    const variant = parseConstantName(cursor, 'the name of a variant, in capitals');
    const expr = cursor.skip(T.equal) ? parseIntegerExpr(cursor) : successor(previous, variant.span);
    previous = { name: variant, visibility, expr, span: cursor.spanFrom(start) };
    return previous;
  });
  cursor.expect(T.rbrace, '`,` or `}` after a variant');
  expectLineEnd(cursor);
  const names = variants.map((variant) => variant.name);
  const span = cursor.spanFrom(first);
  return {
    kind: 'enum',
    type: { kind: 'enum', name, visibility, representation, variants: names, span },
    variants,
  };
}

function successor(previous: ConstantForm | undefined, span: SourceSpan): ConstantExpr {
  const int = (value: bigint): ConstantExpr => ({ kind: 'value', value: { kind: 'int', value }, span });
  if (!previous) return int(0n);
  const path = { absolute: false, segments: [previous.name.text] };
  return { kind: 'binary', operator: '+', left: { kind: 'reference', path, span }, right: int(1n), span };
}

function parseAdviceMap(cursor: Cursor, first: number): AdviceMapForm {
  const name = parseConstantName(cursor, 'the name of an advice map entry');
  let key: Word | undefined;
  if (!cursor.atLineEnd() && cursor.skip(T.lparen)) {
    key = parseKeyWord(cursor);
    cursor.expect(T.rparen, '`)`');
  }
  cursor.expect(T.equal, '`=` and the values');
  cursor.expect(T.lbracket, '`[` and the values');
  const values: Felt[] = [];
  do values.push(parseFelt(cursor));
  while (cursor.skip(T.comma));
  cursor.expect(T.rbracket, '`,` or `]` after a value');
  if (!(cursor.isSpaced() && isFormStart(cursor))) expectLineEnd(cursor);
  const span = cursor.spanFrom(first);
  return key ? { name, key, values, span } : { name, values, span };
}

function parseKeyWord(cursor: Cursor): Word {
  const expected = 'a word: `[a, b, c, d]` or 64 hexadecimal digits';
  if (cursor.at(T.lbracket)) return parseWordLiteral(cursor);
  const number = cursor.at(T.number) ? parseNumber(cursor.text(), cursor.here()) : undefined;
  if (number?.kind !== 'word') throw cursor.unexpected(expected);
  cursor.take();
  return number.value;
}

function parseBegin(cursor: Cursor, first: number): Procedure {
  const name = { text: MAIN_PROCEDURE, span: cursor.span(first) };
  const body = parseBody(cursor, first, 'begin');
  return { name, visibility: 'public', attributes: [], locals: 0, body, span: cursor.spanFrom(first) };
}

function parseProcedure(
  cursor: Cursor,
  first: number,
  attributes: readonly Attribute[],
  visibility: Visibility,
): Procedure {
  const opener = cursor.index - 1;
  const name = parseName(cursor, 'the name of a procedure');
  const signature = cursor.at(T.lparen) ? parseSignature(cursor) : undefined;
  const body = parseBody(cursor, opener, 'proc');
  const { callingConvention, ...traits } = procedureTraits(attributes);
  const common = { name, visibility, ...traits, body, span: cursor.spanFrom(first) };
  if (!signature) return common;
  return { ...common, signature: { ...signature, ...(callingConvention && { callingConvention }) } };
}

function expectLineEnd(cursor: Cursor): void {
  if (!cursor.atLineEnd() && !cursor.at(T.doc)) throw cursor.unexpected('the end of the line');
}
