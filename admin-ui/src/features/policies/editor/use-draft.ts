import { useEffect, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client';
import { tabStore } from '../../../state/storage';
import { useUrlParam } from '../../../state/url-state';
import { refOf, versionQuery } from '../policies.queries';

const KEPT = 'relay-policy-text';

interface Typed {
  readonly text: string;
  readonly base: string; // what was in force when somebody began to type: name@version, or file
  readonly digest: string | null; // of the draft that was typed over: who saves it meanwhile is not overwritten
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
    const began = { base: typed?.base ?? inForce, digest: typed ? typed.digest : (stored.data?.digest ?? null) };
    const changed = next === null || next === original ? null : { text: next, ...began };
    keep(key, changed);
    setTyped(changed);
  };
  const follow = (version: string | null): void => {
    setKey(version ?? inForce);
    choose(version);
  };
  const latest = useRef(typed);
  latest.current = typed;
  /** Goes on in what was saved. What was typed while it was on its way stays typed. */
  const goOn = (saved: Schemas['PolicyVersionDetail'], sent: string): void => {
    const further = latest.current && latest.current.text !== sent ? latest.current.text : null;
    keep(key, null);
    keep(refOf(saved), further === null ? null : { text: further, base: inForce, digest: saved.digest });
    setTyped(kept(refOf(saved)));
    follow(refOf(saved));
  };
  return {
    version: key,
    choose: follow,
    stored,
    original,
    text,
    setText,
    base: typed?.base ?? inForce,
    digest: typed?.digest ?? stored.data?.digest ?? null,
    goOn,
    dirty: typed !== null && typed.text !== original,
  };
}

/** The version whose changed text this tab keeps: what was typed stays in sight when somebody publishes another one. */
function keptVersion(): string | null {
  const name = tabStore.names().find((one) => one.startsWith(`${KEPT}:`));
  return name?.slice(KEPT.length + 1) ?? null;
}

function kept(version: string): Typed | null {
  try {
    const found = JSON.parse(tabStore.get(`${KEPT}:${version}`) ?? 'null') as Partial<Typed> | null;
    if (typeof found?.text !== 'string' || typeof found.base !== 'string') return null;
    return { text: found.text, base: found.base, digest: typeof found.digest === 'string' ? found.digest : null };
  } catch {
    return null;
  }
}

const keep = (version: string, typed: Typed | null): void =>
  tabStore.set(`${KEPT}:${version}`, typed === null ? null : JSON.stringify(typed));
