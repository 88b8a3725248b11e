import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** What the page's own policy says, for its workers too. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** With these a page may share memory between threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface FileServer {
  /** Ends in a slash. */
  readonly url: string;
  close(): void;
}

/** Serves the files of a folder on a free port of the loopback interface, cross-origin isolated or not. */
export async function serveFolder(folder: string, isolated: boolean): Promise<FileServer> {
  const headers = { 'Content-Security-Policy': POLICY, ...(isolated && ISOLATION) };
  const server = createServer(async ({ url }, response) => {
    const file = normalize(join(folder, new URL(url ?? '/', 'http://localhost').pathname));
    const type = TYPES[extname(file)];
    const body =
      type && file.startsWith(folder + sep) ? await readFile(file).catch(() => undefined) : undefined;
    if (!body) response.writeHead(404).end();
    else response.writeHead(200, { ...headers, 'Content-Type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close().closeAllConnections() };
}
