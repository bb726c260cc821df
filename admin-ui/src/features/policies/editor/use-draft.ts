import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client';
import { useUrlParam } from '../../../state/url-state';
import { versionQuery } from '../policies.queries';

const KEPT = 'relay-policy-text';

/** Where nothing was ever published there is no text to begin with: the API does not give out the file. */
const beginning = ({ name, version }: Schemas['PolicyOverview']): string =>
  `name: ${name}\nversion: ${version}\ndefaults: {}\nrules: []\n`;

/**
 * The text in the editor. It begins with the version of the address, else with what is published; what was typed is kept for the
 * tab, so that a reload or another page loses nothing.
 */
export function useDraft(overview: Schemas['PolicyOverview']) {
  const [chosen, choose] = useUrlParam('version');
  const version = chosen ?? (overview.published ? `${overview.published.name}@${overview.published.version}` : null);
  const stored = useQuery({ ...versionQuery(version ?? ''), enabled: version !== null });
  const original = version === null ? beginning(overview) : stored.data?.source;
  const key = `${KEPT}-${version ?? 'new'}`;
  const [typed, setTyped] = useState<string | null>(() => sessionStorage.getItem(key));
  useEffect(() => setTyped(sessionStorage.getItem(key)), [key]);
  const text = typed ?? original;
  const setText = (next: string | null): void => {
    if (next === null || next === original) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, next);
    setTyped(next);
  };
  return { version, choose, stored, original, text, setText, dirty: typed !== null && typed !== original };
}
