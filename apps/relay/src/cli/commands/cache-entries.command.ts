import type { CacheEntryView } from '@relay/contracts';
import type { Command } from 'commander';
import { countUpTo } from '../parse-count';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteCache } from '../remote-cache';
import { print, printJson, warn } from '../terminal';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 10_000;
const MAX_PROMPT_CHARS = 80; // of a line

interface Options extends RemoteOptions {
  readonly kind?: string;
  readonly tenant?: string;
  readonly model?: string;
  readonly status?: string;
  readonly q?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function addCacheEntries(parent: Command): void {
  withRemote(
    parent
      .command('entries')
      .description('list stored answers, or tell one in full')
      .argument('[id]', 'an id, as x-relay-cache-entry has it')
      .option('--kind <kind>', 'semantic or exact (default: both, those by meaning first)')
      .option('--tenant <id>', 'of one tenant')
      .option('--model <id>', 'asked for')
      .option('--status <status>', 'active or quarantined')
      .option('-q <text>', 'part of the prompt')
      .option('--limit <n>', `at most this many, up to ${MAX_LIMIT}`, countUpTo(MAX_LIMIT), DEFAULT_LIMIT)
      .option('--json', 'print them as JSON'),
  ).action(entries);
}

async function entries(id: string | undefined, options: Options): Promise<void> {
  const { kind, tenant, model, status, q, limit, json, ...remote } = options;
  const cache = await RemoteCache.connect(remote);
  if (id !== undefined) return printJson(await cache.entry(id));
  const found: CacheEntryView[] = [];
  for (const one of kindsOf(kind, q)) {
    if (found.length < limit)
      found.push(...(await cache.entries({ kind: one, tenant, model, status, q }, limit - found.length)));
  }
  if (json) return printJson(found);
  if (found.length > 0) print(found.map(lineOf).join('\n'));
  else warn('no entries');
}

/** Exact entries keep no prompt to look into. */
function kindsOf(kind: string | undefined, q: string | undefined): readonly string[] {
  if (kind !== undefined) return [kind];
  return q === undefined ? ['semantic', 'exact'] : ['semantic'];
}

function lineOf({ id, kind, status, owner, model, hits, expiresAt, prompt }: CacheEntryView): string {
  const said = prompt?.replaceAll(/\s+/g, ' ').slice(0, MAX_PROMPT_CHARS) ?? '';
  const used = hits === null ? [] : [`${hits} hits`];
  return [id, kind.padEnd(8), status.padEnd(11), owner, model ?? '-', ...used, `until ${expiresAt}`, said]
    .join('  ')
    .trimEnd();
}
