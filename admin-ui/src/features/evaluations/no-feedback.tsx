import { Card } from '../../components/card';
import { IconCopyButton } from '../../components/icon-copy-button';

/** Quality is what apps say of answers: how they say it. */
export function NoFeedback({ origin }: { readonly origin: string }) {
  const call = `curl ${origin}/v1/feedback -H "authorization: Bearer $RELAY_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '{ "trace_id": "…", "score": 1 }'`;
  return (
    <Card title="Nobody has said how good the answers were" hint="in this time range">
      <p>
        Errors, latency and cost are seen without it; quality is what apps and people say. The id is in the header{' '}
        <code>x-relay-trace-id</code> of each answer, the score from -1 (useless) to 1 (right). Verdicts given in a
        trace of this console count as well.
      </p>
      <div className="feedback-call">
        <pre tabIndex={0}>{call}</pre>
        <IconCopyButton text={call} what="call" />
      </div>
      <p className="soft">
        <a href="/docs">API reference</a> · <code>docs/feedback.md</code> · <code>docs/evaluations.md</code>
      </p>
    </Card>
  );
}
