const HOME = '/';
const MAX_CHARS = 1_024;
/** One slash, no second one, no backslash (browsers take it for one), nothing that a header or a browser may read in another way. */
const LOCAL_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const BASE = 'http://console.invalid';

/** Where a login ends: a path of the console; whatever leads elsewhere is home. */
export function returnPath(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > MAX_CHARS || !LOCAL_PATH.test(wanted)) return HOME;
  const url = URL.canParse(wanted, BASE) ? new URL(wanted, BASE) : null;
  return url?.origin === BASE && !url.pathname.startsWith('//') ? url.pathname + url.search + url.hash : HOME;
}
