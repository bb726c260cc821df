import type { PiiKind } from '@relay/contracts';
import { inspected } from '../inspection';
import { findApiKeys } from './api-key';
import { findCards } from './card';
import { findEmails } from './email';
import { findIbans } from './iban';
import { findIps } from './ip';
import { findJwts } from './jwt';
import { findPhones } from './phone';
import { plainText } from './plain-text';
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

/** What has fewer characters, or only letters, spaces and underscores, holds nothing that is looked for. */
const MIN_VALUE_CHARS = 6;
const NOT_A_WORD = /[^A-Za-z_\s]/;

/**
 * Personal and secret data in the first `MAX_INSPECTED_CHARS` of the text, in the order of the text, without overlaps: of two findings
 * that share characters the longer one stays. Looks at the text as it is written and, where it has other spellings of ASCII (full-width,
 * invisible characters, `%40`, `\u0040`), at the plain one too. Linear in the length of the text, whatever it holds.
 */
export function findPii(text: string, kinds: readonly PiiKind[] = PII_KINDS): PiiFinding[] {
  if (text.length < MIN_VALUE_CHARS || !NOT_A_WORD.test(text)) return [];
  const part = inspected(text);
  const findings = findAsWritten(part, kinds);
  const plain = plainText(part);
  if (plain !== null) {
    for (const { kind, start, end } of findAsWritten(plain.text, kinds)) {
      findings.push({ kind, ...plain.written(start, end) });
    }
  }
  return findings.length < 2 ? findings : withoutOverlaps(findings);
}

function findAsWritten(text: string, kinds: readonly PiiKind[]): PiiFinding[] {
  const findings: PiiFinding[] = [];
  for (const kind of PII_KINDS) {
    if (kinds.includes(kind)) DETECTORS[kind](text, (start, end) => findings.push({ kind, start, end }));
  }
  return findings;
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
