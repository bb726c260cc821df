import { RelayError } from '@relay/core';

/** What a schema cannot say of a password: it must not be what everybody knows of its user. */
export function refusePassword(password: string, email: string): RelayError | null {
  const told = password.trim().toLowerCase();
  if (told !== email.toLowerCase()) return null;
  return new RelayError('invalid_request', 'password: is the e-mail address; allowed: anything else', {
    param: 'password',
  });
}
