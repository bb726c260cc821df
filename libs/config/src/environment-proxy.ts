import { BlockList, isIP } from 'node:net';
import { kindOf } from './provider-kinds';
import type { ProviderConfig } from './relay-config.schema';

/** Providers without a base URL of their own are somewhere on the internet. */
const SOMEWHERE = 'https://provider.invalid';

/** The same provider, with the proxy that the environment names for it where it names none itself. */
export function withEnvironmentProxy(provider: ProviderConfig, env: NodeJS.ProcessEnv): ProviderConfig {
  if (provider.proxy !== undefined || provider.kind === 'simulator') return provider;
  const proxy = environmentProxy(new URL(provider.baseUrl ?? kindOf(provider.kind).baseUrl ?? SOMEWHERE), env);
  return proxy === null ? provider : { ...provider, proxy };
}

/** The proxy for a URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, either case; null: none. This machine is never behind one, as in Go and Node. */
export function environmentProxy({ protocol, hostname, port }: URL, env: NodeJS.ProcessEnv): string | null {
  const scheme = protocol.slice(0, -1);
  const written = env[`${scheme}_proxy`] || env[`${scheme.toUpperCase()}_PROXY`];
  if (!written) return null;
  const host = hostname.replace(/^\[|\]$/g, '');
  const exceptions = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/).filter((each) => each !== '');
  const realPort = port || (scheme === 'https' ? '443' : '80');
  if (isLoopback(host) || exceptions.some((each) => covers(each.toLowerCase(), host, realPort))) return null;
  const proxy = written.includes('://') ? written : `http://${written}`;
  return URL.canParse(proxy) && /^https?:/i.test(proxy) ? proxy : null;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'));

/** `*`, `example.com` and `.example.com` (with all below), either with a port, an address, or `10.0.0.0/8`. */
function covers(exception: string, host: string, port: string): boolean {
  if (exception === '*' || exception === host) return true;
  if (isIP(host) > 0) return inNetwork(exception, host);
  const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(exception) ?? [];
  if (name === '' || (only !== undefined && only !== port)) return false;
  return host === name || host.endsWith(`.${name}`);
}

function inNetwork(exception: string, address: string): boolean {
  const [network = '', bits = ''] = exception.split('/');
  const family = isIP(network);
  const length = Number(bits);
  if (family === 0 || bits === '' || !Number.isInteger(length) || length > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, length, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
