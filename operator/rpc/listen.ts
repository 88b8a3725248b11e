import {
  createServer as createHttp1,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createHttp2,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer as createTcp, type Socket, type Server as TcpServer } from 'node:net';

export interface Tls {
  /** PEM. */
  readonly certificate: string | Uint8Array;
  readonly key: string | Uint8Array;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly tls?: Tls | undefined;
  readonly maxConnections?: number;
  /** ms for the head of a request, for the whole of it, and of silence. */
  readonly timeouts?: { readonly head: number; readonly request: number; readonly idle: number };
}

type Handler = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 1024;
const TIMEOUTS = { head: 10_000, request: 60_000, idle: 60_000 };
const SESSION = { maxConcurrentStreams: 64, maxHeaderListSize: 16_384 };
/** How HTTP/2 without TLS begins (RFC 9113, 3.4); no method of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI');

/** HTTP/1.1 and HTTP/2 on one port. */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listening> {
  const timeouts = options.timeouts ?? TIMEOUTS;
  const sockets = new Set<Socket>();
  const server = options.tls ? secure(handler, options.tls) : plainText(handler, timeouts);
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setTimeout(timeouts.idle, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function secure(handler: Handler, { certificate, key }: Tls): TcpServer {
  const server = createSecureServer(
    {
      cert: Buffer.from(certificate),
      key: Buffer.from(key),
      allowHTTP1: true,
      minVersion: 'TLSv1.2',
      settings: SESSION,
    },
    handler,
  );
  server.on('session', quiet);
  return server;
}

/** Whoever connects says by their first bytes which of the two they speak. */
function plainText(handler: Handler, timeouts: NonNullable<ListenOptions['timeouts']>): TcpServer {
  const http1: Server = createHttp1({
    headersTimeout: timeouts.head,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.idle,
    maxHeaderSize: SESSION.maxHeaderListSize,
  });
  http1.on('request', handler);
  const http2 = createHttp2({ settings: SESSION }, handler);
  http2.on('session', quiet);
  return createTcp((socket) => {
    let head = Buffer.alloc(0);
    const waiting = setTimeout(() => socket.destroy(), timeouts.head);
    socket.once('close', () => clearTimeout(waiting));
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      if (head.length < PREFACE.length) return;
      clearTimeout(waiting);
      socket.off('data', onData);
      socket.pause();
      socket.unshift(head);
      (head.subarray(0, PREFACE.length).equals(PREFACE) ? http2 : http1).emit('connection', socket);
      process.nextTick(() => socket.resume());
    };
    socket.on('data', onData);
  });
}

/** Sessions that break the protocol end; nobody has to hear of it. */
function quiet(session: ServerHttp2Session): void {
  session.on('error', () => session.destroy());
}
