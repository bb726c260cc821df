import createClient from 'openapi-fetch';
import { apiErrorOf } from './api-error';
import { authorizedFetch } from './authorized-fetch';
import type { components, paths } from './generated/schema';

/** Everything under /api, typed by openapi.json. */
export const api = createClient<paths>({ fetch: authorizedFetch });

/** Shapes by the names that openapi.json gives them. */
export type Schemas = components['schemas'];

interface Outcome<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What was asked for, or an `ApiError` thrown: `dataOf(api.GET('/api/tenants'))`. */
export async function dataOf<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (!response.ok) throw apiErrorOf(response, error);
  return data as Data;
}
