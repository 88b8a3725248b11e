// Beside the dots: what failed, why tests were skipped, and the closing count.
export default async function* summary(source) {
  let [passed, failed] = [0, 0];
  const skipped = new Map();
  for await (const { type, data } of source) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
    if (data.skip !== undefined) {
      const reason = typeof data.skip === 'string' && data.skip ? data.skip : 'no reason given';
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    } else if (type === 'test:pass') passed++;
    else {
      failed++;
      yield `\nFAILED ${data.file ?? ''}: ${data.name}\n${data.details?.error?.cause?.message ?? data.details?.error?.message ?? ''}\n`;
    }
  }
  for (const [reason, count] of skipped) yield `\n${count} skipped: ${reason}`;
  const skips = [...skipped.values()].reduce((a, b) => a + b, 0);
  yield `\n\n${passed} passed, ${failed} failed, ${skips} skipped\n`;
}
