import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assembleCoreLibrary } from '../../cli/core-library.ts';
import { Judge } from './judge.ts';

const judge = new Judge();
after(() => judge.close());

test('the procedures of our core library have the digests that the official assembler gives them', async () => {
  const root = fileURLToPath(new URL('../../masm/core/mod.masm', import.meta.url));
  const official = await judge.ask({ op: 'library', root, namespace: '::kiln::core' });
  assert.equal(official.error, undefined);
  const own = assembleCoreLibrary().manifest.exports.flatMap((each) =>
    each.kind === 'procedure' ? [[each.path, each.digest.map(String)]] : [],
  );
  assert.deepEqual(Object.fromEntries(own), official['digests']);
});
