import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-button';
import { Dialog } from '../../components/dialog';
import { TextView } from '../../components/json-view';
import type { ChatBody } from './draft';
import { snippetOf, type Language } from './snippets';

const LANGUAGES = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'typescript', label: 'TypeScript' },
] as const satisfies readonly { value: Language; label: string }[];

interface CopyDialogProps {
  readonly body: ChatBody;
  readonly headers: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}

/** The request as code, for curl or the clients of OpenAI. */
export function CopyDialog({ body, headers, onClose }: CopyDialogProps) {
  const [language, setLanguage] = useState<Language>('curl');
  const text = snippetOf(language, { origin: window.location.origin, body, headers });
  return (
    <Dialog onClose={onClose} size="xl" centered title="The request as code">
      <div className="copy-head">
        <SegmentedControl
          size="xs"
          aria-label="Language"
          data={[...LANGUAGES]}
          value={language}
          onChange={(value) => setLanguage(LANGUAGES.find((one) => one.value === value)?.value ?? 'curl')}
        />
        <CopyButton text={text} what="the code" />
      </div>
      <TextView key={language} text={text} label="Code" />
      <p className="soft copy-note">It has no key in it: put yours into the environment as RELAY_API_KEY.</p>
    </Dialog>
  );
}
