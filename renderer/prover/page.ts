import { CONNECT, GONE } from './messages.ts';

/**
 * The proving page: nothing to see. It hands the ports it is given by windows of its own origin to a worker, so that no
 * page is ever busy proving.
 */
let worker: Worker | undefined;
/** The second port of each client: browsers do not tell who holds a port when its other end is gone. */
let lifelines: MessagePort[] = [];

/** When a worker dies or cannot start, its clients are told, and the next one gets a new worker. */
function startWorker(): Worker {
  const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'prover' });
  started.addEventListener('error', () => {
    started.terminate();
    for (const lifeline of lifelines) lifeline.postMessage(GONE);
    worker = undefined;
    lifelines = [];
  });
  return started;
}

addEventListener('message', ({ origin, data, ports }) => {
  if (origin !== location.origin || data !== CONNECT || ports.length !== 2) return;
  worker ??= startWorker();
  worker.postMessage(CONNECT, [ports[0]]);
  lifelines.push(ports[1]);
});
