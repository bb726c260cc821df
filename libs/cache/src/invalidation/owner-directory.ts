import { canonicalJson, sha256Hex } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { ConfigStore, type ConfigProblem, type RelayConfig } from '@relay/config';

const MEMBERS_DIGITS = 8;

/** Who is served whose answers: a tenant its own, or those of the group that an administrator put it in (`cache.sharing`). */
@Injectable()
export class OwnerDirectory {
  private groups: ReadonlyMap<string, string> = new Map(); // tenant id -> owner

  constructor(config: ConfigStore) {
    config.register({
      name: 'cache sharing',
      prepare: ({ cache }) => {
        const { groups, problems } = readSharing(cache.sharing, config.source);
        return { problems, apply: () => void (this.groups = groups) };
      },
    });
  }

  /** `t:<tenant>`, or `g:<group>` with a mark of its members: whoever joins or leaves begins a new one, so that nobody is served what was not asked for with them. */
  ownerOf(tenantId: string): string {
    return this.groups.get(tenantId) ?? `t:${tenantId}`;
  }
}

function readSharing(
  sharing: RelayConfig['cache']['sharing'],
  file: string,
): { readonly groups: ReadonlyMap<string, string>; readonly problems: readonly ConfigProblem[] } {
  const groups = new Map<string, string>();
  const names = new Set<string>();
  const problems: ConfigProblem[] = [];
  sharing.forEach(({ group, tenants }, i) => {
    if (names.has(group)) problems.push(repeated(file, `cache.sharing[${i}].group`, group, 'a name of its own'));
    names.add(group);
    const owner = `g:${group}@${sha256Hex(canonicalJson([...tenants].sort())).slice(0, MEMBERS_DIGITS)}`;
    tenants.forEach((tenant, j) => {
      const path = `cache.sharing[${i}].tenants[${j}]`;
      if (groups.has(tenant)) problems.push(repeated(file, path, tenant, 'each tenant in one group only'));
      groups.set(tenant, owner);
    });
  });
  return { groups, problems };
}

const repeated = (file: string, path: string, name: string, allowed: string): ConfigProblem => ({
  file,
  path,
  found: `"${name}" a second time`,
  allowed,
});
