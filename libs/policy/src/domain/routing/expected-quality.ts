import { evidenceKey, type Evidence, type EvidenceOf, type Task } from '@relay/contracts';
import type { CatalogueModel, ModelTier } from '../catalogue';

/** What is known of a prompt that bears on how well a model will answer it. */
export interface PromptTraits {
  readonly task: Task | null;
  readonly language: string | null;
  readonly complexity: number | null; // 0..1
  /** Expected quality by model id from a learned model of the operator's own evaluations; `null` without one. */
  readonly learned: ReadonlyMap<string, number> | null;
}

/** Where a model's capabilities are not given. */
const TIER_PRIOR = { basic: 0.55, standard: 0.7, advanced: 0.85 } as const satisfies Record<ModelTier, number>;
/** Logits between a prompt of complexity 0.5, which the table speaks of, and one of complexity 1.5: harder prompts tell models apart. */
const COMPLEXITY_SLOPE = 3;
const NEUTRAL_COMPLEXITY = 0.5;
const MIN_QUALITY = 0.01;
const MAX_QUALITY = 0.99;
/** Feedback of this weight counts as much as the table (an empirical-Bayes shrinkage: Efron & Morris 1975). */
const TENANT_PRIOR_WEIGHT = 20;
const USER_PRIOR_WEIGHT = 10;

/**
 * How good the answer of a model is expected to be, 0..1: the learned prediction, else the capability table for the task,
 * the language and the complexity; then pulled towards the feedback of the tenant, and of its user, as far as there is any.
 */
export function expectedQuality(model: CatalogueModel, traits: PromptTraits, evidence: EvidenceOf): number {
  const prior = traits.learned?.get(model.id) ?? tableQuality(model, traits);
  if (evidence.tenant.size === 0) return prior;
  const key = evidenceKey(traits.task ?? '', model.id);
  const tenant = shrink(prior, TENANT_PRIOR_WEIGHT, evidence.tenant.get(key));
  return shrink(tenant, USER_PRIOR_WEIGHT, evidence.user.get(key));
}

/** How much evidence stands behind the expected quality, the prior included: what a bandit draws from. */
export function evidenceWeight(model: CatalogueModel, traits: PromptTraits, evidence: EvidenceOf): number {
  return TENANT_PRIOR_WEIGHT + feedbackWeight(model, traits, evidence);
}

/** How much feedback of the tenant there is on such answers of the model. */
export function feedbackWeight(model: CatalogueModel, { task }: PromptTraits, { tenant }: EvidenceOf): number {
  return tenant.size === 0 ? 0 : (tenant.get(evidenceKey(task ?? '', model.id))?.weight ?? 0);
}

function tableQuality(model: CatalogueModel, { task, language, complexity }: PromptTraits): number {
  const { capabilities } = model;
  const ofTheTask = task === null ? undefined : ofTask(capabilities, task);
  const capability = ofTheTask ?? capabilities.get('general') ?? TIER_PRIOR[model.tier];
  const fluency = language === null ? 1 : (capabilities.get(`language:${language}`) ?? 1);
  const spoken = capability * fluency;
  if (complexity === null) return clamp(spoken);
  return clamp(logistic(logit(clamp(spoken)) + COMPLEXITY_SLOPE * (NEUTRAL_COMPLEXITY - complexity)));
}

/** `coding` is what price lists and leaderboards call it. */
function ofTask(capabilities: ReadonlyMap<string, number>, task: Task): number | undefined {
  return capabilities.get(task) ?? (task === 'code' ? capabilities.get('coding') : undefined);
}

function shrink(prior: number, priorWeight: number, evidence: Evidence | undefined): number {
  return evidence ? (prior * priorWeight + evidence.sum) / (priorWeight + evidence.weight) : prior;
}

const clamp = (quality: number): number => Math.min(MAX_QUALITY, Math.max(MIN_QUALITY, quality));
const logit = (p: number): number => Math.log(p / (1 - p));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
