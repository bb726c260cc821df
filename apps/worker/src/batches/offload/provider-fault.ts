import { BatchApiRefusal } from '@relay/providers';

/** A fault of the provider, or of the way to it; all others are the relay's. */
class ProviderFault extends Error {}

export const isProviders = (error: unknown): boolean =>
  error instanceof ProviderFault || error instanceof BatchApiRefusal;

export const asProviders = (error: unknown): Error =>
  error instanceof BatchApiRefusal ? error : new ProviderFault(String(error), { cause: error });

/** For `catch` at each call of a provider. */
export function throwAsProviders(error: unknown): never {
  throw asProviders(error);
}

export async function* reading(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throwAsProviders(error);
  }
}
