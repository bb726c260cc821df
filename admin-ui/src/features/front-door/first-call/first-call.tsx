import { useState } from 'react';
import { Card } from '../../../components/card';
import { CopyButton } from '../../../components/copy-button';
import { LanguageTabs, panelId, tabId } from './language-tabs';
import { snippetsFor, type Language } from './snippets';
import './first-call.css';

/** How to call this relay, ready to paste. */
export function FirstCall({ origin }: { readonly origin: string }) {
  const [language, setLanguage] = useState<Language>('curl');
  const snippet = snippetsFor(origin)[language];
  return (
    <Card title="Make a first call" hint="Any OpenAI client works: give it this base URL and a key of a tenant.">
      <dl className="call-facts">
        <dt>Base URL</dt>
        <dd>
          <code>{origin}/v1</code>
        </dd>
        <dt>API key</dt>
        <dd>
          printed by <code>npm start</code> at the first start, or under <code>tenants</code> in <code>relay.yaml</code>
        </dd>
        <dt>Model</dt>
        <dd>
          <code>auto</code> lets the policy choose; <code>GET /v1/models</code> lists what a key may use
        </dd>
      </dl>
      <div className="snippet-bar">
        <LanguageTabs selected={language} onSelect={setLanguage} />
        <CopyButton key={language} text={snippet} what="the example" />
      </div>
      <pre className="snippet" role="tabpanel" id={panelId(language)} aria-labelledby={tabId(language)} tabIndex={0}>
        <code>{snippet}</code>
      </pre>
      <p className="call-after">
        The reply carries <code>x-relay-trace-id</code>; <code>GET /api/traces/{'{id}'}</code> tells why it came the way
        it did. The same call again answers with <code>x-relay-cache: exact-l1</code>.
      </p>
    </Card>
  );
}
