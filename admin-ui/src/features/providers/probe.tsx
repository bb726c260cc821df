import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { useAllowed } from '../../auth/can';
import { ClockTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatDuration } from '../../format/duration';

/** Most of what a provider says of a failure, in characters. */
const MOST_OF_A_MESSAGE = 500;

/** One call there, to see, whatever breakers and overrides say. */
export function useProbe(provider: string) {
  return useMutation({
    /** Null: the first of its models. */
    mutationFn: (target: string | null) => {
      const body = target === null ? {} : { target };
      return dataOf(api.POST('/api/providers/{id}/probe', { params: { path: { id: provider } }, body }));
    },
  });
}

type Probe = ReturnType<typeof useProbe>;

export function ProbeButton({ probe }: { readonly probe: Probe }) {
  return (
    <Button
      variant="default"
      size="xs"
      loading={probe.isPending}
      {...useAllowed('steerProviders')}
      onClick={() => probe.mutate(null)}
    >
      Probe now
    </Button>
  );
}

/** What came of it; nothing before there was one. */
export function ProbeResult({ probe: { data, error } }: { readonly probe: Probe }) {
  return (
    <div role="status">
      {error ? <p className="tone-bad foreign">{error.message}</p> : data ? <Result probe={data} /> : null}
    </div>
  );
}

function Result({ probe }: { readonly probe: Schemas['ProviderProbe'] }) {
  const { ok, check, target, durationMs, code, upstreamStatus, message, at } = probe;
  const what = check === 'answer' ? `one token of ${target}` : 'a connection';
  return (
    <p className="override-note">
      <StatusBadge tone={ok ? 'good' : 'bad'} label={ok ? 'probed: well' : 'probed: failed'} />
      <span className="soft foreign">
        {what}, {formatDuration(durationMs)}, at <ClockTime at={at} />
      </span>
      {ok ? null : (
        <span className="foreign">
          {[code, upstreamStatus].filter(Boolean).join(' ')}: {message.slice(0, MOST_OF_A_MESSAGE)}
        </span>
      )}
    </p>
  );
}
