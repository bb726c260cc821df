import { type Analysis, analysesSchema, type PolicyDocument } from '@relay/contracts';
import type { ModelCatalogue } from './domain/catalogue';
import type { AnalysisNeeds } from './domain/compiled-policy';
import type { FieldPatch } from './domain/plan-fields';
import { autoVariant } from './domain/requested-model';
import { looksAtQuality } from './domain/routing/strategies';

export const ANALYSES = Object.keys(analysesSchema.shape) as readonly Analysis[];
const EXPECTED_QUALITY: readonly Analysis[] = ['task', 'complexity'];

interface Uses {
  readonly switches: PolicyDocument['features'];
  /** Analyses that conditions name. */
  readonly read: ReadonlySet<Analysis>;
  /** Every patch that may apply. */
  readonly patches: readonly FieldPatch[];
  readonly catalogue: ModelCatalogue;
}

/** What has to be found out about a prompt before it can be planned. */
export function analysisNeeds({ switches, read, patches, catalogue }: Uses): AnalysisNeeds {
  const always = new Set<Analysis>(read);
  for (const analysis of ANALYSES) if (switches[analysis] === 'on') always.add(analysis);
  // The guard against personal data looks at all messages by itself, at those of the assistant as well.
  if (patches.some((patch) => (patch['guards.injection.action'] ?? 'off') !== 'off')) always.add('injection');
  const floor = patches.find((patch) => patch['route.qualityFloor'] != null)?.['route.qualityFloor'] ?? null;
  const byQuality = patches.some((patch) => looksAtQuality(patch['route.strategy'] ?? 'ordered', floor));
  const forBest = new Set([...always, ...EXPECTED_QUALITY, ...languagesMatter(catalogue)]);
  const needs = { always, forAuto: byQuality ? forBest : always, forBest };
  return { always: allowed(needs.always), forAuto: allowed(needs.forAuto), forBest: allowed(needs.forBest), byQuality };

  function allowed(wanted: ReadonlySet<Analysis>): ReadonlySet<Analysis> {
    return new Set([...wanted].filter((analysis) => switches[analysis] !== 'off'));
  }
}

function languagesMatter({ models }: ModelCatalogue): Analysis[] {
  const matter = models.some(({ capabilities }) => [...capabilities.keys()].some((key) => key.startsWith('language:')));
  return matter ? ['language'] : [];
}

/** What has to be found out for a request that asks for this model. */
export function needsFor(needs: AnalysisNeeds, requestedModel: string): ReadonlySet<Analysis> {
  const variant = autoVariant(requestedModel);
  if (variant === undefined) return needs.always;
  return variant === 'best' ? needs.forBest : needs.forAuto;
}

/** Whether the expected quality of models matters for a request that asks for this one. */
export function looksAtQualityOf(needs: AnalysisNeeds, requestedModel: string): boolean {
  const variant = autoVariant(requestedModel);
  return variant === 'best' || (variant === 'policy' && needs.byQuality);
}
