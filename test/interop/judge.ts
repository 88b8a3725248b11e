import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('./target/release/judge', import.meta.url));

export type Answer = Readonly<Record<string, unknown>> & {
  readonly error?: { readonly stage: string; readonly message: string } | string;
};

/** The official crates in a process of their own: one request, one answer, in order. */
export class Judge {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];

  constructor(threads = 2) {
    this.#process = spawn(process.env['KILN_JUDGE'] ?? BINARY, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, RAYON_NUM_THREADS: String(threads) },
    });
    createInterface(this.#process.stdout).on('line', (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line)),
    );
    this.#process.on('error', (error) => this.#fail(error));
    this.#process.on('exit', (code) => this.#fail(new Error(`the judge ended with ${code}`)));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  ask(request: Readonly<Record<string, unknown>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** The most memory the process has held so far, in bytes; only Linux tells. */
  peakBytes(): number | undefined {
    const kib = /^VmHWM:\s*(\d+) kB$/m.exec(this.#proc('status') ?? '')?.[1];
    return kib === undefined ? undefined : 1024 * Number(kib);
  }

  /** Milliseconds all its threads have run so far, to a hundredth of a second; only Linux tells. */
  cpuMs(): number | undefined {
    // Fields 14 and 15, in hundredths of a second; the second one, the name, may hold spaces.
    const fields = this.#proc('stat')?.split(') ')[1].split(' ');
    return fields && 10 * (Number(fields[11]) + Number(fields[12]));
  }

  #proc(file: string): string | undefined {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${this.#process.pid}/${file}`, 'utf8')
      : undefined;
  }

  close(): void {
    this.#process.stdin.end();
  }
}
