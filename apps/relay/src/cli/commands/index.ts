import type { Command } from 'commander';
import { addAuditExport } from './audit-export.command';
import { addAuditVerify } from './audit-verify.command';
import { addAlertsList } from './alerts-list.command';
import { addAlertsTest } from './alerts-test.command';
import { addCacheBadHit } from './cache-bad-hit.command';
import { addCacheEntries } from './cache-entries.command';
import { addCacheInvalidate } from './cache-invalidate.command';
import { addCacheStats } from './cache-stats.command';
import { addCacheWarm } from './cache-warm.command';
import { addKeysCreate } from './keys-create.command';
import { addKeysList } from './keys-list.command';
import { addKeysRevoke } from './keys-revoke.command';
import { addKeysRotate } from './keys-rotate.command';
import { addCapacity } from './capacity.command';
import { addCost } from './cost.command';
import { addDoctor } from './doctor.command';
import { addEvaluate } from './evaluate.command';
import { addPolicyCanary } from './policy-canary.command';
import { addPolicyDiff } from './policy-diff.command';
import { addPolicyExplain } from './policy-explain.command';
import { addPolicyLint } from './policy-lint.command';
import { addPolicyPromote } from './policy-promote.command';
import { addPolicyPublish } from './policy-publish.command';
import { addPolicyPull } from './policy-pull.command';
import { addPolicyPush } from './policy-push.command';
import { addPolicyRollback } from './policy-rollback.command';
import { addPolicyStop } from './policy-stop.command';
import { addPolicyUnpublish } from './policy-unpublish.command';
import { addPolicyVersions } from './policy-versions.command';
import { addProvidersList } from './providers-list.command';
import { addProvidersOverride } from './providers-override.command';
import { addProvidersProbe } from './providers-probe.command';
import { addProvidersRelease } from './providers-release.command';
import { addStart } from './start.command';
import { addTenantsCreate } from './tenants-create.command';
import { addTenantsDisable } from './tenants-disable.command';
import { addTenantsList } from './tenants-list.command';
import { addTenantsShow } from './tenants-show.command';
import { addTenantsUpdate } from './tenants-update.command';
import { addTracesExport } from './traces-export.command';
import { addTracesList } from './traces-list.command';
import { addTracesShow } from './traces-show.command';
import { addTracesTail } from './traces-tail.command';

/** Adds a command to its parent. */
export type AddCommand = (parent: Command) => void;

export const COMMANDS: readonly AddCommand[] = [addStart, addCost, addEvaluate, addDoctor, addCapacity];

/** Those under `relay policy`. */
export const POLICY_COMMANDS: readonly AddCommand[] = [
  addPolicyLint,
  addPolicyExplain,
  addPolicyPush,
  addPolicyPull,
  addPolicyDiff,
  addPolicyVersions,
  addPolicyPublish,
  addPolicyCanary,
  addPolicyPromote,
  addPolicyStop,
  addPolicyRollback,
  addPolicyUnpublish,
];

/** Those under `relay cache`. */
export const CACHE_COMMANDS: readonly AddCommand[] = [
  addCacheStats,
  addCacheEntries,
  addCacheInvalidate,
  addCacheBadHit,
  addCacheWarm,
];

/** Those under `relay tenants`. */
export const TENANT_COMMANDS: readonly AddCommand[] = [
  addTenantsList,
  addTenantsCreate,
  addTenantsShow,
  addTenantsUpdate,
  addTenantsDisable,
];

/** Those under `relay keys`. */
export const KEY_COMMANDS: readonly AddCommand[] = [addKeysList, addKeysCreate, addKeysRotate, addKeysRevoke];

/** Those under `relay audit`. */
export const AUDIT_COMMANDS: readonly AddCommand[] = [addAuditVerify, addAuditExport];

/** Those under `relay traces`. */
export const TRACE_COMMANDS: readonly AddCommand[] = [addTracesList, addTracesTail, addTracesShow, addTracesExport];

/** Those under `relay providers`. */
export const PROVIDER_COMMANDS: readonly AddCommand[] = [
  addProvidersList,
  addProvidersOverride,
  addProvidersRelease,
  addProvidersProbe,
];

/** Those under `relay alerts`. */
export const ALERT_COMMANDS: readonly AddCommand[] = [addAlertsList, addAlertsTest];
