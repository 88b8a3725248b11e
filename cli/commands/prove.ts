import { resolve } from 'node:path';
import { writeClaim } from '../../core/stark/proof/claim.ts';
import { BACKEND_OPTIONS, backendChoice } from '../backends.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { requireWritable, writeWhole } from '../files.ts';
import { round } from '../phase-clock.ts';
import { SETTINGS_OPTIONS, settingsOf } from '../profile.ts';
import { PROGRAM_OPTIONS, runProgram } from '../program.ts';
import { proveRun } from '../proving.ts';
import { UsageError } from '../usage.ts';

export const prove: Command = {
  summary: 'Runs a program and proves that it ran; writes the proof and its claim.',
  usage: 'FILE.masm --out P.bin --claim C.json [options]',
  options: {
    out: { value: 'P.bin', help: 'where the proof goes' },
    claim: { value: 'C.json', help: 'where the claim goes: what a verifier must know' },
    ...PROGRAM_OPTIONS,
    ...SETTINGS_OPTIONS,
    ...BACKEND_OPTIONS,
  },
  async run(options, output, signal) {
    const [out, claimPath] = [options.required('out'), options.required('claim')];
    const settings = settingsOf(options);
    const choice = backendChoice(options);
    if (resolve(out) === resolve(claimPath)) throw new UsageError('--out and --claim name the same file');
    for (const path of [out, claimPath]) requireWritable(path);
    const started = performance.now();
    const { execution } = await runProgram(options, output, signal);
    const executed = round(performance.now() - started);
    const { proof, claim, backend, description, ms, heights, logHeights } = await proveRun(
      execution,
      settings,
      choice,
      output,
      signal,
    );
    writeWhole({ path: claimPath, content: `${writeClaim(claim)}\n` }, { path: out, content: proof });
    const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    output.line(
      `${out}: ${proof.length} bytes (${settings.profile.name}, heights ${logHeights.join()}), proved in ${(ms['prove'] / 1000).toFixed(2)} s (${backend}: ${description}), peak ${peakMiB} MiB`,
    );
    output.result({
      profile: settings.profile.name,
      ms: { execute: executed, ...ms },
      peakMiB,
      bytes: proof.length,
      heights,
      logHeights,
      backend,
    });
    return EXIT.done;
  },
};
