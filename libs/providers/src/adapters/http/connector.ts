import type { ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { buildConnector } from 'undici';
import { measuredConnector, type RoundTrip } from './measured-connector';
import { tunnelConnector } from './tunnel-connector';

/** What connections are made by; all adapters that reach a provider over HTTP share it. */
export type PooledProvider = Pick<ProviderConfig, 'limits' | 'timeouts' | 'proxy' | 'tls'>;

/** How connections to a provider are made: straight, or through its proxy; with its authorities and the relay's certificate. */
export function connectorOf(
  { proxy, tls, timeouts }: PooledProvider,
  roundTrip: RoundTrip,
  clock: Clock,
): buildConnector.connector {
  const options = { timeout: timeouts.connectMs, ...tlsOptions(tls) };
  if (proxy === undefined || proxy === 'none') return measuredConnector(options, roundTrip, clock);
  const toProxy = measuredConnector({ timeout: timeouts.connectMs }, roundTrip, clock);
  return tunnelConnector(new URL(proxy), { toProxy, options });
}

function tlsOptions(tls: PooledProvider['tls']): buildConnector.BuildOptions {
  if (tls === undefined) return {};
  const { ca, cert, key, serverName, insecureSkipVerify } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
  };
}
