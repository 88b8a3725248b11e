/** Classes that values are sorted into. */
export const CLASSES = 16;
const DEGREES = CLASSES - 1;

/** How far a chi-square of 15 degrees of freedom lies above its mean, in standard deviations (Wilson and Hilferty). */
export function deviation(chiSquare: number): number {
  const spread = 2 / (9 * DEGREES);
  return (Math.cbrt(chiSquare / DEGREES) - (1 - spread)) / Math.sqrt(spread);
}

/** Of counts against equal probabilities. */
export function uniformity(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / CLASSES;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Of two lists of counts against one law for both; classes that neither met say nothing. */
export function homogeneity(a: readonly number[], b: readonly number[]): number {
  const [na, nb] = [a, b].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  return a.reduce((sum, count, i) => {
    const both = count + b[i];
    if (both === 0) return sum;
    const [ea, eb] = [(both * na) / (na + nb), (both * nb) / (na + nb)];
    return sum + (count - ea) ** 2 / ea + (b[i] - eb) ** 2 / eb;
  }, 0);
}
