/** Names a target, a model of a provider, in figures and live facts; `upstreamModel` is the name that the provider knows. */
export const targetKey = (provider: string, upstreamModel: string): string => `${provider} ${upstreamModel}`;
