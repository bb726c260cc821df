import { Checkbox, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { CodeEditor } from '../../../components/code-editor';
import { EmptyState } from '../../../components/states';
import { useCompletion } from '../completion/use-completion';
import { changeRule, type RuleChange } from './edit-rules';
import { rulesOf } from './rule-text';

interface RuleFormProps {
  readonly text: string;
  readonly at: number;
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
}

/** One rule as fields. The text of the policy stays what counts: each change is made in it, and nowhere else. */
export function RuleForm({ text, at, readOnly, onChange }: RuleFormProps) {
  const rule = rulesOf(text).rules[at];
  const complete = useCompletion();
  const [then, setThen] = useState(rule?.then ?? '');
  const [when, setWhen] = useState(rule?.when ?? '');
  const [id, setId] = useState(rule?.id ?? '');
  const [description, setDescription] = useState(rule?.description ?? '');
  if (!rule)
    return (
      <EmptyState title="No rule is chosen" text="Choose one on the left, or add one. Defaults are in the YAML." />
    );
  const change = (next: RuleChange): void => onChange(changeRule(text, at, next));
  return (
    <div className="rule-form">
      <TextInput
        label="Id"
        description="Traces and statistics name the rule by it"
        size="xs"
        maxLength={64}
        readOnly={readOnly}
        value={id}
        error={/^[\w.-]{1,64}$/.test(id) ? null : 'Letters, digits, ".", "_" and "-", at most 64'}
        onChange={({ currentTarget: { value } }) => {
          setId(value);
          if (/^[\w.-]{1,64}$/.test(value)) change({ id: value });
        }}
      />
      <TextInput
        label="Description"
        size="xs"
        maxLength={500}
        readOnly={readOnly}
        value={description}
        onChange={({ currentTarget: { value } }) => {
          setDescription(value);
          change({ description: value });
        }}
      />
      <Textarea
        label="When"
        description="A condition over tenant, request and features"
        size="xs"
        autosize
        minRows={2}
        maxLength={4_000}
        readOnly={readOnly}
        classNames={{ input: 'rule-condition' }}
        value={when}
        onChange={({ currentTarget: { value } }) => {
          setWhen(value);
          change({ when: value });
        }}
      />
      <div>
        <p className="rule-then-label">Then, as YAML</p>
        <div className="rule-then">
          <CodeEditor
            label="Then, as YAML"
            language="yaml"
            value={then}
            complete={(before) => complete(`rules:\n  - then:\n${indented(before)}`)}
            {...(readOnly
              ? {}
              : {
                  onChange: (value: string) => {
                    setThen(value);
                    change({ then: value });
                  },
                })}
          />
        </div>
      </div>
      <Checkbox
        label="Final: no rule after it is looked at"
        size="xs"
        disabled={readOnly}
        checked={rule.final}
        onChange={(event) => change({ final: event.currentTarget.checked })}
      />
    </div>
  );
}

const indented = (text: string): string => text.replace(/^/gm, '      ');
