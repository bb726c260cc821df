import { z } from 'zod';

/**
 * Something that processes remember is not what it was: a key, a tenant or a user, or what operators said of a provider; `breakers`: those of a
 * provider are to be closed. By id; nothing secret is in it.
 */
const identityChangeSchema = z.strictObject({
  kind: z.enum(['key', 'tenant', 'user', 'provider', 'breakers']),
  id: z.string().min(1).max(256),
  from: z.string().max(64).optional(), // the process that made it
});

export type IdentityChange = z.infer<typeof identityChangeSchema>;

/** Who remembers something of it. */
export interface ChangeListener {
  changed(change: IdentityChange): void;
  /** Changes may have been missed: all that is remembered has to be looked up again. */
  missed(): void;
}

/** What another process sent; null where it makes no sense. */
function parseChange(text: string | undefined): IdentityChange | null {
  try {
    return identityChangeSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/** Tells a listener; what is not understood, of a later version perhaps, counts as a change of anything. */
export function hear(listener: ChangeListener, text: string | undefined): void {
  const change = parseChange(text);
  if (change) listener.changed(change);
  else listener.missed();
}
