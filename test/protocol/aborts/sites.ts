import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn, sourceFile } from '../../../cli/libraries.ts';
import { loadTests, runTest, testFiles } from '../../../cli/unit-tests.ts';
import { positionOf } from '../../../core/assembly/source.ts';
import type { SourceFile, SourceSpan } from '../../../core/vm/mast/types.ts';

/** An assertion in the sources of the protocol's libraries. */
export interface Site {
  /** File, procedure and message: `kernel/ledger put: the asset is of nothing`; a second one alike ends in ` #2`. */
  readonly name: string;
  readonly message: string;
  readonly file: string;
  readonly text: string;
  /** Where its instruction stands in the file's text. */
  readonly start: number;
  readonly end: number;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDERS = ['masm/kernel', 'masm/protocol', 'masm/standards'];
const FORM =
  /#[^\n]*|(?:^|\n)(?:pub(?:\([a-z]+\))? )?(?:proc (?<procedure>[\w"]+)|(?<begin>begin)\b)|(?<![\w.:])(?<assertion>(?:u32)?assert\w*|mtree_verify)(?:\.err=(?:"(?<message>[^"]*)"|(?<constant>\w+)))?/g;

/** All assertions in a source, in its order. Throws if one says nothing. */
function sitesOf({ name: file, text }: SourceFile): Site[] {
  const sites: Site[] = [];
  const seen = new Map<string, number>();
  let procedure = '';
  for (const { groups, index, 0: matched } of text.matchAll(FORM)) {
    const { begin, assertion, message } = groups!;
    procedure = groups!['procedure'] ?? begin ?? procedure;
    if (!assertion) continue;
    if (message === undefined) throw new RangeError(`${file}: \`${matched}\` in ${procedure} says nothing`);
    const alike = `${file.slice('masm/'.length, -'.masm'.length)} ${procedure}: ${message}`;
    const count = (seen.get(alike) ?? 0) + 1;
    seen.set(alike, count);
    const name = count === 1 ? alike : `${alike} #${count}`;
    sites.push({ name, message, file, text, start: index, end: index + matched.length });
  }
  return sites;
}

/** All assertions of kernel, protocol and standards. */
export const SITES: readonly Site[] = FOLDERS.flatMap((folder) =>
  filesIn(join(ROOT, folder), '.masm')
    .filter((file) => !file.endsWith('.test.masm'))
    .flatMap((file) => sitesOf(sourceFile(`${folder}/${file}`))),
);

/** The assertion at a place in the sources. */
export const siteAt = ({ file, start, end }: SourceSpan): Site | undefined =>
  SITES.find((site) => site.file === file.name && site.start < end && start < site.end);

/** Assertions of libraries at which unit tests in assembly stop, and are meant to. */
export async function sitesOfUnitTests(folders: readonly string[]): Promise<ReadonlySet<string>> {
  const { signal } = new AbortController();
  const found = new Set<string>();
  for (const path of testFiles(folders.map((folder) => join(ROOT, folder)))) {
    for (const each of loadTests(path)) {
      if (each.traps === undefined) continue;
      const { failure, stopped } = await runTest(each, signal);
      const site = failure || !stopped ? undefined : placed(stopped);
      if (site) found.add(site.name);
    }
  }
  return found;
}

/** By `file:line:column`. */
function placed(place: string): Site | undefined {
  return SITES.find(({ file, text, start }) => {
    const { line, column } = positionOf({ name: file, text }, start);
    return place.endsWith(`${file}:${line}:${column}`);
  });
}
