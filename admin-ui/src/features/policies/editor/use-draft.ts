import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client';
import { useUrlParam } from '../../../state/url-state';
import { refOf, versionQuery } from '../policies.queries';

const KEPT = 'relay-policy-text';

interface Typed {
  readonly text: string;
  readonly base: string; // what was in force when somebody began to type: name@version, or file
}

/**
 * The text in the editor. It begins with the version of the address, else with what is published, else with the policy of the
 * file; what was typed is kept for the tab, so that a reload or another page loses nothing.
 */
export function useDraft(overview: Schemas['PolicyOverview']) {
  const [chosen, choose] = useUrlParam('version');
  const inForce = overview.published ? refOf(overview.published) : 'file';
  const [key, setKey] = useState(() => chosen ?? keptVersion() ?? inForce);
  useEffect(() => setKey(chosen ?? keptVersion() ?? inForce), [chosen, inForce]);
  const stored = useQuery(versionQuery(key));
  const original = stored.data?.source;
  const [typed, setTyped] = useState(() => kept(key));
  useEffect(() => setTyped(kept(key)), [key]);
  const text = typed?.text ?? original;
  const setText = (next: string | null): void => {
    const changed = next === null || next === original ? null : { text: next, base: typed?.base ?? inForce };
    keep(key, changed);
    setTyped(changed);
  };
  const follow = (version: string | null): void => {
    setKey(version ?? inForce);
    choose(version);
  };
  return {
    version: key,
    choose: follow,
    stored,
    original,
    text,
    setText,
    base: typed?.base ?? inForce,
    dirty: typed !== null && typed.text !== original,
  };
}

/** The version whose changed text this tab keeps: what was typed stays in sight when somebody publishes another one. */
function keptVersion(): string | null {
  for (let at = 0; at < sessionStorage.length; at += 1) {
    const name = sessionStorage.key(at);
    if (name?.startsWith(`${KEPT}:`)) return name.slice(KEPT.length + 1);
  }
  return null;
}

function kept(version: string): Typed | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(`${KEPT}:${version}`) ?? 'null') as Partial<Typed> | null;
    return typeof found?.text === 'string' && typeof found.base === 'string'
      ? { text: found.text, base: found.base }
      : null;
  } catch {
    return null;
  }
}

function keep(version: string, typed: Typed | null): void {
  if (typed === null) sessionStorage.removeItem(`${KEPT}:${version}`);
  else sessionStorage.setItem(`${KEPT}:${version}`, JSON.stringify(typed));
}
