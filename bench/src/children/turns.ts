/**
 * Who runs when in a round: everyone once, each round beginning one further on, so that nobody always follows the same
 * neighbour's heat or finds the same warm cache.
 */
export function turns<T>(contestants: readonly T[], round: number): T[] {
  const first = contestants.length === 0 ? 0 : round % contestants.length;
  return [...contestants.slice(first), ...contestants.slice(0, first)];
}
