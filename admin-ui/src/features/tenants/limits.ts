export interface LimitFields {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly concurrency: number | null;
}

/** As fields of a form: null where there is no limit. */
export const limitFields = (limits: Partial<Record<keyof LimitFields, number | undefined>>): LimitFields => ({
  requestsPerMinute: limits.requestsPerMinute ?? null,
  tokensPerMinute: limits.tokensPerMinute ?? null,
  concurrency: limits.concurrency ?? null,
});

/** As the API has them: what is not limited is left out. */
export const keyLimits = ({ requestsPerMinute, tokensPerMinute }: Omit<LimitFields, 'concurrency'>) => ({
  ...(requestsPerMinute === null ? {} : { requestsPerMinute }),
  ...(tokensPerMinute === null ? {} : { tokensPerMinute }),
});

export const tenantLimits = ({ concurrency, ...rates }: LimitFields) => ({
  ...keyLimits(rates),
  ...(concurrency === null ? {} : { concurrency }),
});
