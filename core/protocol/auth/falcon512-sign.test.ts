import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Word } from '../../hash/word.ts';
import { FALCON_N, falconKeyCommitment, falconVerifies } from './falcon512.ts';
import { fft, inverseFft, merge, split } from './falcon512-fft.ts';
import { writeFalconSignature } from './falcon512-format.ts';
import { isDeviation, RandomStream, SIGMA_MIN, sampleInteger } from './falcon512-sampler.ts';
import { falconSigner, newFalconSecretKey } from './falcon512-sign.ts';

interface Key {
  readonly seed: string;
  readonly secretKey: string;
  readonly commitment: readonly string[];
  readonly signatures: readonly { readonly message: readonly string[]; readonly signature: string }[];
}
const { keys } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/falcon.json', import.meta.url), 'utf8'),
) as { keys: Key[] };
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const word = (values: readonly string[]): Word => values.map(BigInt) as unknown as Word;
const secretKey = bytes(keys[0].secretKey);

test('the same keys from the same seeds, with the official commitments', () => {
  for (const key of keys) {
    assert.deepEqual(newFalconSecretKey(bytes(key.seed)), bytes(key.secretKey));
    assert.deepEqual(falconKeyCommitment(falconSigner(bytes(key.secretKey)).publicKey), word(key.commitment));
  }
  assert.throws(() => newFalconSecretKey(new Uint8Array(47)), { kind: 'malformed' });
});

test('signatures are the official ones, byte for byte', () => {
  for (const key of keys) {
    const signer = falconSigner(bytes(key.secretKey));
    for (const { message, signature } of key.signatures) {
      assert.deepEqual(writeFalconSignature(signer.sign(word(message))), bytes(signature));
    }
  }
});

test('a signer keeps its key, whatever becomes of the bytes it was read from', () => {
  const from = secretKey.slice();
  const signer = falconSigner(from);
  from.fill(0);
  const { message, signature } = keys[0].signatures[0];
  assert.deepEqual(writeFalconSignature(signer.sign(word(message))), bytes(signature));
  const other: Word = [9n, 9n, 9n, 9n];
  assert.ok(falconVerifies(signer.sign(other), other));
});

/** A secret key of polynomials that are zero but for the constant coefficients. */
function constants(f: number, g: number, bigF: number): Uint8Array {
  const key = new Uint8Array(1281);
  key[0] = 0x59;
  key[1] = (f & 63) << 2;
  key[1 + 384] = (g & 63) << 2;
  key[1 + 768] = bigF & 255;
  return key;
}

test('what is no secret key, or none to sign with', () => {
  const refused = (key: Uint8Array, problem: string): void =>
    assert.throws(
      () => falconSigner(key),
      (error: Error & { kind: string }) => error.kind === 'malformed' && error.message.includes(problem),
      problem,
    );
  const changed = (at: number, value: number): Uint8Array => secretKey.map((x, i) => (i === at ? value : x));
  refused(changed(0, 0x5a), 'not of degree 512');
  refused(changed(1, 0b100000_00), 'a coefficient is -32');
  refused(changed(1280, 0x80), 'a coefficient is -128');
  refused(secretKey.slice(0, -1), 'ends');
  refused(Uint8Array.of(...secretKey, 0), 'too many');
  refused(changed(1280, secretKey[1280] ^ 1), 'do not belong together');
  refused(constants(0, 1, 1), 'no public key');
  refused(constants(2, 1, 1), 'do not belong together');
  // 2 * 6144 - 1 * -1 = q: they belong together.
  refused(constants(2, 1, -1), 'not short enough');
});

test('the roots of x^512 + 1 are those of the official table, to the last bit', () => {
  const hash = createHash('sha256');
  for (let half = 1; half < FALCON_N; half *= 2) {
    const [zero, one] = [0, 1].map((value) => ({
      re: new Float64Array(half).fill(value),
      im: new Float64Array(half),
    }));
    const { re, im } = merge(zero, one);
    for (let i = 0; i < half; i++) hash.update(new Uint8Array(Float64Array.of(re[2 * i], im[2 * i]).buffer));
  }
  assert.equal(hash.digest('hex'), '7fa743facbb2259e34f8546c1730084e1354f38acff24493bdec6acfe0384ff6');
});

test('transforms and their halves undo each other', () => {
  const coefficients = Array.from({ length: FALCON_N }, (_, i) => ((i * 7919) % 255) - 127);
  const values = fft(coefficients);
  assert.deepEqual(
    inverseFft(values).map((x) => Math.round(x) + 0),
    coefficients,
  );
  const halves = [0, 1].map((odd) => fft(coefficients.filter((_, i) => i % 2 === odd)));
  for (const [k, half] of split(values).entries()) {
    for (const part of ['re', 'im'] as const) {
      assert.ok(half[part].every((x, i) => Math.abs(x - halves[k][part][i]) < 1e-9));
    }
  }
});

test('sampled integers have the mean and the deviation asked for', () => {
  const random = new RandomStream(new Uint8Array(32).fill(7));
  const count = 4000;
  for (const [mu, sigma] of [
    [0, 1.8205],
    [-77.3, SIGMA_MIN],
    [0.5, 1.5],
  ]) {
    const samples = Array.from({ length: count }, () => sampleInteger(mu, sigma, random));
    const mean = samples.reduce((sum, x) => sum + x, 0) / count;
    const variance = samples.reduce((sum, x) => sum + (x - mu) ** 2, 0) / count;
    assert.ok(Math.abs(mean - mu) < (5 * sigma) / Math.sqrt(count), `${mean}`);
    assert.ok(Math.abs(variance / sigma ** 2 - 1) < 0.12, `${variance}`);
  }
  assert.ok(!isDeviation(Number.NaN) && !isDeviation(1.27) && !isDeviation(1.83) && isDeviation(1.5));
});
