import type { Environment } from '@relay/config';
import type { Identity } from '@relay/auth';

export interface BannerFacts {
  readonly url: string;
  readonly environment: Environment;
  readonly identity: Identity | null;
  readonly configFile: string | null;
  readonly standing: string | null; // of a published policy
  readonly notes: readonly string[];
  readonly readyMs: number; // since the process began
}

/** What a person needs to know after the start. */
export function banner({ url, environment, identity, configFile, standing, notes, readyMs }: BannerFacts): string {
  const roles = new Set(environment.RELAY_ROLES);
  const stores = `${environment.DATABASE_URL ? 'PostgreSQL' : `embedded database in ${environment.RELAY_DATA_DIR}`}, ${environment.REDIS_URL ? 'Redis' : 'no Redis'}`;
  const lines = [
    '',
    `LLM Relay is ready after ${(readyMs / 1_000).toFixed(1)} s (${[...roles].join(', ')}; ${stores})`,
    '',
  ];
  lines.push(...notes.map((note) => `  ${note}`), ...(notes.length > 0 ? [''] : []));
  if (configFile) lines.push(`  Configuration  ${configFile}`);
  if (standing) lines.push(`  Policy         ${standing}`);
  if (roles.has('admin'))
    lines.push(`  Console        ${url}/`, `  API reference  ${url}/docs`, ...loginLines(identity, environment));
  if (roles.has('gateway')) lines.push(...callLines(url, identity));
  return `${lines.join('\n')}\n\n`;
}

function loginLines(identity: Identity | null, environment: Environment): string[] {
  if (!identity) return [];
  const password =
    identity.adminPassword ??
    (environment.RELAY_ADMIN_PASSWORD ? '(as given in RELAY_ADMIN_PASSWORD)' : '(as you set it)');
  return [`  Admin login    ${identity.adminEmail}  ${password}  (for /api: POST /api/auth/login)`];
}

function callLines(url: string, identity: Identity | null): string[] {
  const key = identity?.apiKey ?? null;
  const lines = key
    ? [`  API key        ${key}  (tenant ${identity?.tenant})`]
    : ['  API keys       those of relay.yaml and of the database'];
  lines.push('', '  Try it:', '');
  if (!key) lines.push('  export RELAY_API_KEY=<one of them>');
  const call = `curl -s ${url}/v1/chat/completions -H "authorization: Bearer ${key ?? '$RELAY_API_KEY'}" -H "content-type: application/json" -d '{"model":"auto","messages":[{"role":"user","content":"Say hello"}]}'`;
  return [...lines, `  ${call}`];
}
