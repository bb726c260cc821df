import { BackOff } from '../api/back-off';
import type { components } from '../api/generated/schema';
import { forgetTab, tabStore } from '../state/storage';
import { exclusively } from './exclusively';
import { askForLogin, exchangeCookie, isPassing, isRefusal, tellLogout, type LoginReply } from './session-calls';
import { onLogoutElsewhere, readHint, writeHint } from './session-hint';

export type User = components['schemas']['User'];

/** Who uses the console. The access token stays in the memory of this module; the refresh token is a cookie that no script can read. */
export type Session =
  | { readonly kind: 'resuming'; readonly unanswered?: true } // asked once at least, in vain
  | { readonly kind: 'anonymous'; readonly untold?: true } // the relay could not be told of the logout yet
  | { readonly kind: 'active'; readonly user: User }
  | { readonly kind: 'ended'; readonly user: User }; // in mid-work: what is on the page waits for a new login

/** A token is renewed so long before it expires, in ms. */
const RENEW_BEFORE_MS = 30_000;
/** Between tries while nobody answers. */
const PAUSES = { firstMs: 500, longestMs: 5_000 } as const;
/** Whose the things are that this tab keeps. */
const TAB_USER = 'relay-tab-user';

let session: Session = readHint() === 'there' ? { kind: 'resuming' } : { kind: 'anonymous' };
let token: { readonly value: string; readonly expiresAt: number } | null = null;
let renewal: Promise<void> | null = null;
/** Goes up with each login and logout: what the relay was asked before one changes nothing after it. */
let epoch = 0;
const listeners = new Set<() => void>();
const farewells = new Set<() => Promise<unknown>>();

onLogoutElsewhere(() => void leave());

export const currentSession = (): Session => session;
export const currentUserId = (): string | null => ('user' in session ? session.user.id : null);
export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const login = (email: string, password: string): Promise<void> =>
  exclusively(async () => begin(await askForLogin(email, password)));

/** Done at a logout while the session still holds: what was borrowed in its name is given back. It must end by itself, and soon. */
export const beforeLogout = (work: () => Promise<unknown>): void => void farewells.add(work);

/** Takes up the session that a new password began; all others have ended. */
export const takeUpSession = (reply: LoginReply): void => begin(reply);

/** Before the browser leaves for a login provider: what comes back has a cookie, and asks for its session. */
export const expectSession = (): void => writeHint('there');

/** Ends the session here, in all tabs and at the relay. What was shown is dropped by whoever listens. */
export async function logout(): Promise<void> {
  await leave();
  writeHint('leaving');
  await tellRelay();
}

/** Takes up the session of before, if the cookie still allows it; asks until somebody answers. */
export async function resumeSession(): Promise<void> {
  if (readHint() === 'leaving') return tellRelay();
  const backOff = new BackOff(PAUSES);
  while (session.kind === 'resuming') {
    try {
      await renewSession();
    } catch (error) {
      if (!isPassing(error)) return forget();
      set({ kind: 'resuming', unanswered: true });
      await backOff.pause();
    }
  }
}

/** While nobody answers: to the login, which may stay unanswered as well. */
export function stopResuming(): void {
  if (session.kind === 'resuming') forget();
}

/**
 * A token of this user for a request, other than one that was refused. It is renewed if need be, and waited for where the session
 * has ended and somebody is asked to log in again. Null once the session is somebody else's, or nobody's. Throws what `renewSession` does.
 */
export async function accessToken(owner: string, refused?: string): Promise<string | null> {
  if (session.kind === 'active' && !isGood(refused)) await renewSession();
  await settled();
  return currentUserId() === owner ? (token?.value ?? null) : null;
}

/** One renewal at a time, over all tabs: the cookie can be used once. Throws an `ApiError` where the relay gives no clear answer. */
export function renewSession(): Promise<void> {
  renewal ??= exclusively(renew).finally(() => (renewal = null));
  return renewal;
}

async function renew(): Promise<void> {
  if (session.kind === 'anonymous') return; // somebody left while this waited for its turn
  const asked = epoch;
  try {
    const reply = await exchangeCookie();
    if (asked === epoch) begin(reply);
  } catch (error) {
    if (asked !== epoch) return;
    if (!isRefusal(error)) throw error;
    end();
  }
}

const isGood = (refused?: string): boolean =>
  token !== null && token.value !== refused && Date.now() < token.expiresAt - RENEW_BEFORE_MS;

/** Resolves when it is clear who uses the console, or that nobody does. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      if (session.kind === 'ended' || session.kind === 'resuming') return;
      stop();
      resolve();
    };
    const stop = onSession(settle);
    settle();
  });
}

function begin({ accessToken, expiresIn, user }: LoginReply): void {
  epoch += 1;
  token = { value: accessToken, expiresAt: Date.now() + expiresIn * 1_000 };
  if (tabStore.get(TAB_USER) !== user.id) forgetTab();
  tabStore.set(TAB_USER, user.id);
  writeHint('there');
  set({ kind: 'active', user });
}

function end(): void {
  token = null;
  if ('user' in session) return set({ kind: 'ended', user: session.user });
  writeHint('none');
  set({ kind: 'anonymous' });
}

async function leave(): Promise<void> {
  if (session.kind === 'active') await Promise.allSettled([...farewells].map((work) => work()));
  forget();
}

function forget(): void {
  epoch += 1;
  token = null;
  if (session.kind !== 'anonymous') set({ kind: 'anonymous' });
}

/** Until it has heard: a cookie that outlives its logout would let in whoever sits down next. A new login, in whatever tab, replaces it. */
async function tellRelay(): Promise<void> {
  const left = epoch;
  const isOvertaken = (): boolean => epoch !== left || readHint() === 'there';
  const backOff = new BackOff(PAUSES);
  while (!isOvertaken()) {
    const told = await exclusively(async () => !isOvertaken() && (await tellLogout()));
    if (isOvertaken()) return;
    if (told) {
      writeHint('none');
      return set({ kind: 'anonymous' });
    }
    set({ kind: 'anonymous', untold: true });
    await backOff.pause();
  }
}

function set(next: Session): void {
  session = next;
  for (const listener of [...listeners]) listener();
}
