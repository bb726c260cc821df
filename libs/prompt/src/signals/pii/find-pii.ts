import type { PiiKind } from '@relay/contracts';
import { inspected } from '../inspection';
import { findApiKeys } from './api-key';
import { findCards } from './card';
import { findEmails } from './email';
import { findIbans } from './iban';
import { findIps } from './ip';
import { findJwts } from './jwt';
import { findPhones } from './phone';
import type { PiiDetector, PiiFinding } from './pii-detector';
import { findPrivateKeys } from './private-key';
import { findUsSsns } from './us-ssn';

/** By how much a match proves: of two findings of the same length the one that stands first here is kept. */
const DETECTORS = {
  'private-key': findPrivateKeys,
  jwt: findJwts,
  'api-key': findApiKeys,
  iban: findIbans,
  card: findCards,
  email: findEmails,
  'us-ssn': findUsSsns,
  ip: findIps,
  phone: findPhones,
} as const satisfies Record<PiiKind, PiiDetector>;

export const PII_KINDS = Object.keys(DETECTORS) as readonly PiiKind[];

/**
 * Personal and secret data in the first `MAX_INSPECTED_CHARS` of the text, in the order of the text, without overlaps: of two findings
 * that share characters the longer one stays. Linear in the length of the text, whatever it holds.
 */
export function findPii(text: string, kinds: readonly PiiKind[] = PII_KINDS): PiiFinding[] {
  const part = inspected(text);
  const findings: PiiFinding[] = [];
  for (const kind of PII_KINDS) {
    if (kinds.includes(kind)) DETECTORS[kind](part, (start, end) => findings.push({ kind, start, end }));
  }
  return findings.length < 2 ? findings : withoutOverlaps(findings);
}

function withoutOverlaps(findings: PiiFinding[]): PiiFinding[] {
  findings.sort((a, b) => a.start - b.start || b.end - a.end); // stable: equal ranges stay in the order of DETECTORS
  const kept: PiiFinding[] = [];
  for (const finding of findings) {
    const last = kept.at(-1);
    if (last === undefined || finding.start >= last.end) kept.push(finding);
    else if (finding.end - finding.start > last.end - last.start) kept[kept.length - 1] = finding;
  }
  return kept;
}
