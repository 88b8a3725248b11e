import { serveWorker } from '../../core/stark/cpu/worker.ts';

addEventListener('message', (event) => serveWorker(event.data), { once: true });
