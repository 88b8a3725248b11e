import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { chromiumPath } from '../../scripts/system-packages.js';
import { type FileServer, serveFolder } from './server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What tests say that are skipped; false where there is a Chromium to test in. */
export const withoutChromium = chromiumPath() === undefined ? 'Chromium is not installed' : false;

const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
];

/** Whether the page is cross-origin isolated, so that threads can share its memory. */
export type PageKind = 'isolated' | 'plain';

/** Opens pages of this project's bundle in Chromium. */
export class TestBrowser {
  readonly #owned: AsyncDisposableStack;
  readonly #browser: Browser;
  readonly #servers: Readonly<Record<PageKind, FileServer>>;

  private constructor(
    owned: AsyncDisposableStack,
    browser: Browser,
    isolated: FileServer,
    plain: FileServer,
  ) {
    this.#owned = owned;
    this.#browser = browser;
    this.#servers = { isolated, plain };
  }

  /** Bundles the pages, serves them and starts a browser with an empty profile. */
  static async start(flags: readonly string[] = []): Promise<TestBrowser> {
    await using owned = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'kiln-browser-'));
    owned.defer(() => rmSync(folder, { recursive: true }));
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      root,
      build: { outDir: folder, rolldownOptions: { input: [join(root, 'test/browser/harness.html')] } },
    });
    const serve = async (isolated: boolean) =>
      owned.adopt(await serveFolder(folder, isolated), (server) => server.close());
    const servers = [await serve(true), await serve(false)] as const;
    const browser = await chromium.launch({ executablePath: chromiumPath()!, args: [...FLAGS, ...flags] });
    owned.defer(() => browser.close());
    return new TestBrowser(owned.move(), browser, ...servers);
  }

  /** A fresh page with the harness; `prepare` sees it before anything is loaded. */
  async open(kind: PageKind, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = await this.#browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`Chromium: ${message.text()}`);
    });
    await prepare?.(page);
    await page.goto(`${this.#servers[kind].url}test/browser/harness.html`);
    return page;
  }

  async close(): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
