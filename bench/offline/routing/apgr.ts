/**
 * Average performance gap recovered (RouteLLM, Ong et al. 2024): the share of the gap between a weak and a strong model that is recovered,
 * averaged over all shares of requests sent to the strong one. 0.5 by chance; above 1 is possible, as the weak model is right at times where
 * the strong one fails. `gain`: score of the strong less that of the weak, by row; rows with a higher `rating` go to the strong first, equal
 * ones in any order (their mean counts).
 */
export function apgr(rating: readonly number[], gain: readonly number[]): number {
  const order = rating.map((_, row) => row).sort((a, b) => (rating[b] ?? 0) - (rating[a] ?? 0));
  const gap = gain.reduce((sum, value) => sum + value, 0);
  let [area, recovered] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let gained = 0;
    while (end < order.length && rating[order[end] ?? 0] === rating[order[start] ?? 0])
      gained += gain[order[end++] ?? 0] ?? 0;
    area += (end - start) * (recovered + gained / 2);
    recovered += gained;
    start = end;
  }
  return area / gap / order.length;
}
