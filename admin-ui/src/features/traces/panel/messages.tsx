import { useState } from 'react';
import { Button } from '../../../components/button';
import { JsonView } from '../../../components/json-view';
import { EmptyState } from '../../../components/states';
import { formatBytes, formatCount } from '../../../format/number';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import { answeredMessages, askedMessages, type Message } from '../../../api/messages-of';
import './messages.css';

/** Characters of a message that are drawn at first. */
const SHOWN = 20_000;

export function Messages({ trace }: { readonly trace: TraceDetail }) {
  if (trace.payload === null) return <EmptyState {...whyAbsent(trace)} />;
  const { request, response } = trace.payload;
  const [asked, answered] = [askedMessages(request), answeredMessages(response)];
  return (
    <>
      <section aria-label="Messages">
        {asked.map((message, at) => (
          <MessageBox key={at} message={message} />
        ))}
        {answered.map((message, at) => (
          <MessageBox key={at} message={message} tokens={trace.outputTokens} answer />
        ))}
      </section>
      {asked.length === 0 ? <JsonView value={request} label="Request" /> : null}
      {answered.length === 0 && response != null ? <JsonView value={response} label="Response" /> : null}
    </>
  );
}

/** Kept and shown are two things: says which of them is missing. */
function whyAbsent({ payloadHidden, payloadSealed }: TraceDetail): { readonly title: string; readonly text: string } {
  if (payloadHidden)
    return {
      title: 'The messages are not for your role',
      text: 'They are kept. Owners, operators and the tenant’s own admins can read them; what operators read is audited.',
    };
  if (payloadSealed)
    return {
      title: 'The messages are sealed',
      text: 'They are kept, encrypted with a key that this relay does not have now. With the key they can be read again.',
    };
  return {
    title: 'The messages are not kept',
    text: 'Prompts and answers are stored where the policy sets payloadLogging and the tenant allows it, until their time is over.',
  };
}

interface MessageBoxProps {
  readonly message: Message;
  readonly tokens?: number | null;
  readonly answer?: boolean;
}

function MessageBox({ message, tokens = null, answer = false }: MessageBoxProps) {
  const [shown, setShown] = useState(SHOWN);
  const { role, text, extra } = message;
  return (
    <article className={answer ? 'message is-answer' : 'message'}>
      <p className="text-view-head">
        <span className="message-role foreign">{role}</span>
        <span className="soft">{tokens === null ? formatBytes(text.length) : `${formatCount(tokens)} tok`}</span>
      </p>
      <pre className="message-text foreign" dir="auto" tabIndex={0} role="region" aria-label={`Message of ${role}`}>
        {text.slice(0, shown)}
      </pre>
      {text.length > shown ? <Button onClick={() => setShown(shown * 8)}>Show more</Button> : null}
      {extra === null ? null : <JsonView value={extra} label="Not text" />}
    </article>
  );
}
