import { meanScores } from './mean-scores';
import type { RoutingRow } from './routing-table';

/** Capabilities of each model as an operator would write them down after an evaluation: mean score by the task that the classifier finds. */
export function capabilitiesOf(
  models: readonly string[],
  rows: readonly RoutingRow[],
): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const general = meanScores(rows);
  const tasks = new Map<string, number[]>();
  for (const [task, group] of groupsOf(rows, ({ request }) => request.prompt.task ?? 'general'))
    tasks.set(task, meanScores(group, general));
  tasks.set('general', general);
  return new Map(
    models.map((model, i) => [model, Object.fromEntries([...tasks].map(([task, means]) => [task, means[i] ?? 0]))]),
  );
}

export function groupsOf(
  rows: readonly RoutingRow[],
  keyOf: (row: RoutingRow) => string,
): ReadonlyMap<string, RoutingRow[]> {
  const groups = new Map<string, RoutingRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
