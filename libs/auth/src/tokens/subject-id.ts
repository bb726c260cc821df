import { hash } from 'node:crypto';

const START = 'jwt:';
const ISSUER_CHARS = 8; // of its hash: enough to tell sixteen of them apart
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_.@:|+-]{0,63}$/;
const HASHED_CHARS = 32; // 128 bits

/**
 * How traces, limits and the audit log call the subject of an issuer: `jwt:ISSUER:SUBJECT`, at most 77 characters that need no quoting. Other
 * subjects stand there as `~` and their hash, so that none can pass for another.
 */
export function subjectId(issuer: string, subject: string): string {
  return `${issuerPrefix(issuer)}${shownSubject(subject)}`;
}

/** What the ids of all subjects of an issuer begin with. */
export function issuerPrefix(issuer: string): string {
  return `${START}${hash('sha256', issuer, 'hex').slice(0, ISSUER_CHARS)}:`;
}

export function shownSubject(subject: string): string {
  return PLAIN.test(subject) ? subject : `~${hash('sha256', subject, 'hex').slice(0, HASHED_CHARS)}`;
}

export function isSubjectId(id: string): boolean {
  return id.startsWith(START);
}
