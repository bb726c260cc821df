/** Of /login?error=, where a login with a provider ended. The codes are those of docs/sign-in.md. */
const MESSAGES: Readonly<Record<string, string>> = {
  access_denied: 'You, or the login provider, said no.',
  login_expired: 'That login was begun in another browser, used already, or took longer than ten minutes. Begin again.',
  provider_unavailable: 'The login provider does not answer. Try again in a moment.',
  provider_refused: 'What the login provider answered was not right. The log of the relay says what.',
  email_unverified: 'The login provider has not verified your e-mail address, which this relay asks for.',
  not_allowed:
    'You have no access here: no role, no such tenant, another domain, or your user is disabled. Ask an owner.',
  too_many_attempts: 'Too many logins from your network. Wait a minute and try again.',
};

/** What the address says went wrong, in words; null where nothing did. Text of the address itself is never shown. */
export function loginErrorOf(pathname: string, search: string): string | null {
  const code = pathname === '/login' ? new URLSearchParams(search).get('error') : null;
  if (code === null) return null;
  return Object.hasOwn(MESSAGES, code) ? (MESSAGES[code] ?? null) : 'The login failed.';
}
