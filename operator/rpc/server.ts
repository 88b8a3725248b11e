import { createHash, timingSafeEqual } from 'node:crypto';
import {
  Code,
  ConnectError,
  createContextKey,
  createContextValues,
  type Interceptor,
} from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import type { Logger } from 'pino';
import { AnswerLimit } from '../answers.ts';
import type { OperatorApi } from '../api.ts';
import { OperatorError } from '../errors.ts';
import { failureToWire } from './failures.ts';
import { Operator } from './kiln_pb.ts';
import { type Listening, type ListenOptions, listen } from './listen.ts';
import { type Measured, Metrics } from './metrics.ts';
import { type Rate, RateLimit } from './rate-limit.ts';
import { operatorService } from './service.ts';

export interface ServeOptions extends ListenOptions {
  readonly logger: Logger;
  readonly measured: Measured;
  /** What clients must show; none is asked for only where nobody else can connect. */
  readonly token?: string | undefined;
  readonly rate?: Rate;
  /** ms that answering may take. */
  readonly deadline?: number;
}

/** A proven transaction: notes of 2^18 bytes each may be in it. */
const MAX_REQUEST_BYTES = 8 * 2 ** 20;
const MAX_ANSWER_BYTES = 64 * 2 ** 20 + AnswerLimit.BYTES;
const RATE: Rate = { burst: 200, perSecond: 50 };
const DEADLINE = 30_000;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const peer = createContextKey('', { description: 'who asks' });

const failures: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    throw failureToWire(error);
  }
};

const limited =
  (limit: RateLimit): Interceptor =>
  (next) =>
  (request) => {
    if (!limit.take(request.contextValues.get(peer)))
      throw new OperatorError('rate-limited', 'Too many requests.', {
        advice: 'Try again in a few seconds.',
      });
    return next(request);
  };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that how long it takes tells nothing. */
const isToken = (header: string | null, token: string): boolean =>
  timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));

const authorized =
  (token: string): Interceptor =>
  (next) =>
  (request) => {
    if (!isToken(request.header.get('authorization'), token))
      throw new OperatorError('access-refused', 'The access token is missing or wrong.');
    return next(request);
  };

/** Whoever asks need not wait longer; what they said themselves counts too. */
const timely =
  (deadline: number): Interceptor =>
  (next) =>
  async (request) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ConnectError('it took too long', Code.DeadlineExceeded)), deadline);
    });
    try {
      return await Promise.race([next(request), late]);
    } finally {
      clearTimeout(timer);
    }
  };

/** A line for each request: which method, how it ended and how long it took. Nothing of what was asked or answered. */
const observed =
  (logger: Logger, metrics: Metrics): Interceptor =>
  (next) =>
  async (request) => {
    const started = performance.now();
    const done = (code: string, level: 'debug' | 'warn'): void => {
      const ms = performance.now() - started;
      metrics.request(request.method.name, code, ms / 1000);
      logger[level]({ method: request.method.name, code, ms: Math.round(ms) }, 'request');
    };
    try {
      const answer = await next(request);
      done('Ok', 'debug');
      return answer;
    } catch (error) {
      const { code } = ConnectError.from(error);
      done(Code[code], code === Code.Internal ? 'warn' : 'debug');
      if (code === Code.Internal)
        logger.error({ err: error instanceof ConnectError ? error.cause : error }, 'defect');
      throw error;
    }
  };

/**
 * Serves an operator: gRPC, gRPC-Web and Connect (JSON too) on one port, `/health` and `/metrics` beside them. Rejects with an
 * `OperatorError` of kind `access-refused` if others could connect and no token is asked for.
 */
export async function serveOperator(operator: OperatorApi, options: ServeOptions): Promise<Listening> {
  const { token, logger } = options;
  if (!LOOPBACK.has(options.host) && !token)
    throw new OperatorError('access-refused', 'An operator that others can reach needs an access token.', {
      advice: 'Give one, or listen on 127.0.0.1.',
    });
  const metrics = new Metrics(options.measured);
  const shutdown = new AbortController();
  const handler = connectNodeAdapter({
    routes: (router) => router.service(Operator, operatorService(operator)),
    // The first is the outermost.
    interceptors: [
      observed(logger, metrics),
      failures,
      timely(options.deadline ?? DEADLINE),
      limited(new RateLimit(options.rate ?? RATE)),
      ...(token ? [authorized(token)] : []),
    ],
    contextValues: (request) => createContextValues().set(peer, request.socket?.remoteAddress ?? ''),
    readMaxBytes: MAX_REQUEST_BYTES,
    writeMaxBytes: MAX_ANSWER_BYTES,
    shutdownSignal: shutdown.signal,
  });
  const listening = await listen((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.statusCode = status;
      response.setHeader('content-type', type);
      response.end(body);
    };
    if (request.url === '/health') return answer(200, 'application/json', '{"status":"ok"}\n');
    if (request.url === '/metrics') {
      const { authorization } = request.headers;
      if (token && !isToken(authorization ?? null, token))
        return answer(401, 'text/plain', 'access token needed\n');
      metrics.registry.metrics().then(
        (text) => answer(200, metrics.registry.contentType, text),
        (error: unknown) => {
          logger.error({ err: error }, 'metrics');
          answer(500, 'text/plain', 'failed\n');
        },
      );
      return;
    }
    handler(request as never, response as never);
  }, options);
  return {
    port: listening.port,
    close: () => {
      shutdown.abort();
      return listening.close();
    },
  };
}
