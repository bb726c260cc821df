import { Button, SegmentedControl } from '@mantine/core';
import type { Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { StatusBadge } from '../../../components/status-badge';

export type EditorMode = 'form' | 'yaml' | 'diff';

interface EditorToolsProps {
  readonly mode: EditorMode;
  readonly onMode: (mode: EditorMode) => void;
  readonly version: string;
  readonly stored: Schemas['PolicyVersionDetail'] | undefined;
  readonly dirty: boolean;
  readonly wrong: boolean;
  readonly unread: boolean; // the relay has not looked at the text as it stands
  readonly saving: boolean;
  readonly canary: string | null; // name@version of the one that runs
  readonly onUndo: () => void;
  readonly onSave: () => void;
  readonly onPublish: () => void;
}

export function EditorTools(props: EditorToolsProps) {
  const { mode, onMode, version, stored, dirty, wrong, unread, saving, canary, onUndo, onSave, onPublish } = props;
  const allowed = useAllowed('changePolicies');
  const isDraft = stored?.status === 'draft';
  const mayGo = isDraft || stored?.status === 'stopped';
  return (
    <div className="editor-tools">
      <SegmentedControl
        size="xs"
        aria-label="View"
        value={mode}
        onChange={(value) => onMode(value)}
        data={[
          { value: 'form', label: 'Form' },
          { value: 'yaml', label: 'YAML' },
          { value: 'diff', label: 'Diff' },
        ]}
      />
      <span className="editor-version">
        <b className="foreign">{version === 'file' ? 'The file’s policy' : version}</b>
        {stored && stored.status !== 'file' ? <StatusBadge tone={TONES[stored.status]} label={stored.status} /> : null}
        {isDraft && stored.basedOn ? <span className="soft foreign">made from {stored.basedOn}</span> : null}
        {dirty ? <span className="tone-warn">changed, not saved</span> : null}
      </span>
      <span className="spacer" />
      <Button variant="default" size="xs" disabled={!dirty} onClick={onUndo}>
        Undo all
      </Button>
      <Button
        variant="default"
        size="xs"
        {...allowed}
        disabled={allowed.disabled || !dirty}
        loading={saving}
        onClick={onSave}
      >
        Save draft
      </Button>
      <Button
        size="xs"
        {...allowed}
        disabled={allowed.disabled || dirty || !mayGo || wrong || unread || canary !== null}
        title={allowed.title ?? publishTitle(dirty, mayGo, wrong, unread, canary)}
        onClick={onPublish}
      >
        Publish…
      </Button>
    </div>
  );
}

export const TONES = {
  draft: 'accent',
  canary: 'warn',
  stopped: 'calm',
  published: 'good',
  superseded: 'calm',
  file: 'calm',
} as const;

function publishTitle(dirty: boolean, mayGo: boolean, wrong: boolean, unread: boolean, canary: string | null): string {
  if (canary !== null) return `The canary ${canary} has to be promoted or stopped first`;
  if (dirty) return 'Save the draft first';
  if (!mayGo) return 'Only a draft can be published: change the text and save it';
  if (unread) return 'The relay has not looked at it yet';
  return wrong ? 'It has errors' : 'Put it in force';
}
