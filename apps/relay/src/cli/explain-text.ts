import type { Decision, ExplainReply, RouteCandidate } from '@relay/contracts';

/** An explanation for reading: who serves, what else the plan says, and which rule decided it. */
export function explainText({ policy, signature, plan, decisions, candidates, features }: ExplainReply): string {
  const { route, ...rest } = plan;
  const { candidates: _, rejected, ...routeRest } = route;
  const rejections = rejected.map(
    ({ model, provider, reason }) => `${model}${provider ? ` at ${provider}` : ''}: ${reason}`,
  );
  return [
    `policy ${policy}, signature ${signature}`,
    ...section('candidates', candidates.map(candidateLine)),
    ...section('rejected', rejections),
    ...section('plan', flat({ ...rest, route: routeRest })),
    ...section('decisions', decisions.map(decisionLine)),
    ...section('what rules can read', flat(features)),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

function candidateLine({ model, provider, upstreamModel, score, terms }: RouteCandidate, i: number): string {
  const parts = Object.entries(terms).map(([name, value]) => `${name} ${rounded(value)}`);
  const why = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  return `${i + 1}. ${model} at ${provider} as ${upstreamModel}, score ${rounded(score)}${why}`;
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));

function decisionLine({ rule, verdict, reason, changed }: Decision): string {
  return `${verdict.padEnd(11)} ${rule}: ${reason}${changed.length > 0 ? ` -> ${changed.join(', ')}` : ''}`;
}

/** `path: value` for each value. */
function flat(value: object, at = ''): string[] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const path = at === '' ? key : `${at}.${key}`;
    const isMapping = typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length > 0;
    return isMapping ? flat(item, path) : [`${path}: ${typeof item === 'string' ? item : JSON.stringify(item)}`];
  });
}
