import { KilnError } from '../../core/errors.ts';
import { verify as verifyProof } from '../../core/stark/miden/verify.ts';
import { readClaim } from '../../core/stark/proof/claim.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readBytes, readText } from '../files.ts';
import { round } from '../phase-clock.ts';
import { PROFILE_OPTION, profileNameOf } from '../profile.ts';

export const verify: Command = {
  summary: 'Checks a proof against a claim.',
  usage: '--claim C.json P.bin [options]',
  options: {
    claim: { value: 'C.json', help: 'what the proof is to prove: program, kernel, initial and final stack' },
    'min-security': { value: 'BITS', help: 'refuse proofs with fewer bits of conjectured security' },
    ...PROFILE_OPTION,
  },
  async run(options, output) {
    const profile = profileNameOf(options);
    const proofPath = options.operand('proof file');
    const claimPath = options.required('claim');
    const minSecurityBits = options.integer('min-security', 0, 1024);
    const started = performance.now();
    try {
      const claim = readClaim(readText(claimPath));
      const bytes = readBytes(proofPath);
      const { hash, security, logHeights } = verifyProof(claim, bytes, {
        profile,
        ...(minSecurityBits !== undefined && { minSecurityBits }),
      });
      const ms = round(performance.now() - started);
      // The byte table's never varies.
      const heights = logHeights.slice(0, 3);
      output.line(
        `The proof is valid: ${profile}, ${hash}, heights ${heights.join()}, ${security.bits} bits of conjectured security, ${ms} ms.`,
      );
      output.result({ ok: true, profile, hash, logHeights: heights, securityBits: security.bits, ms });
      return EXIT.done;
    } catch (error) {
      if (!(error instanceof KilnError)) throw error;
      if (output.json) {
        output.result({
          ok: false,
          error: { kind: error.kind, message: error.message },
          ms: round(performance.now() - started),
        });
      } else output.error(error);
      return EXIT.refused;
    }
  },
};
