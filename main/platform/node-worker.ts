import { parentPort } from 'node:worker_threads';
import { serveWorker } from '../../core/stark/cpu/worker.ts';

parentPort?.once('message', serveWorker);
