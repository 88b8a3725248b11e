import type { Command } from './command.ts';

/** Every command by its words; loaded when it is called, since each needs another part of the house. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  prove: async () => (await import('./commands/prove.ts')).prove,
  verify: async () => (await import('./commands/verify.ts')).verify,
  security: async () => (await import('./commands/security.ts')).security,
  bench: async () => (await import('./commands/bench.ts')).bench,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  start: async () => (await import('./commands/start.ts')).start,
  'demo transfer': async () => (await import('./commands/demo-transfer.ts')).demoTransfer,
  'demo rollup': async () => (await import('./commands/demo-rollup.ts')).demoRollup,
  'masm test': async () => (await import('./commands/masm-test.ts')).masmTest,
  'operator key': async () => (await import('./commands/operator-key.ts')).operatorKey,
  'operator genesis': async () => (await import('./commands/operator-genesis.ts')).operatorGenesis,
  'operator run': async () => (await import('./commands/operator-run.ts')).operatorRun,
  'operator check': async () => (await import('./commands/operator-check.ts')).operatorCheck,
  'operator status': async () => (await import('./commands/operator-status.ts')).operatorStatus,
  'vm exec': async () => (await import('./commands/vm-exec.ts')).vmExec,
  'air eval': async () => (await import('./commands/air-eval.ts')).airEval,
};
