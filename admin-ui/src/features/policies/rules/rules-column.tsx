import { ActionIcon, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Schemas } from '../../../api/client';
import { formatShare } from '../../../format/number';
import { useTimeRange } from '../../../state/time-range';
import { trafficQuery, type Traffic } from '../traffic.queries';
import { addRule, moveRule, removeRule } from './edit-rules';
import { rulesOf, type RuleText } from './rule-text';
import './rules.css';

interface RulesColumnProps {
  readonly text: string;
  readonly selected: number;
  readonly readOnly: boolean;
  readonly overview: Schemas['PolicyOverview'];
  readonly inForce: ReadonlySet<string> | null; // ids of the rules in force; null: not known
  readonly onChange: (text: string) => void;
  readonly onSelect: (at: number, line: number) => void;
}

/** The rules of the text in their order, with the share of the traffic that each matched under the policy in force. */
export function RulesColumn({ text, selected, readOnly, overview, inForce, onChange, onSelect }: RulesColumnProps) {
  const { range } = useTimeRange();
  const traffic = useQuery(trafficQuery(range, `${overview.name}@${overview.version}`)).data;
  const list = useMemo(() => rulesOf(text), [text]);
  const [dragged, setDragged] = useState<number | null>(null);
  const { rules } = list;
  const select = (next: string, at: number): void => {
    onChange(next);
    const rule = rulesOf(next).rules[at];
    onSelect(at, rule?.line ?? 1);
  };
  const move = (from: number, to: number): void => select(moveRule(text, from, to), to);
  return (
    <section className="rules-column" aria-label="Rules in their order">
      <header className="rules-head">
        <h2>Rules</h2>
        {readOnly ? null : (
          <Button variant="default" size="compact-xs" onClick={() => select(addRule(text), rules.length)}>
            Add a rule
          </Button>
        )}
      </header>
      {rules.length === 0 ? <p className="soft rules-none">None: the defaults hold for every request.</p> : null}
      <ol className="rules-list">
        {rules.map((rule, at) => (
          <li
            key={`${at} ${rule.id}`}
            className={at === selected ? 'rules-item is-selected' : 'rules-item'}
            draggable={!readOnly}
            onDragStart={() => setDragged(at)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={() => {
              if (dragged !== null) move(dragged, at);
              setDragged(null);
            }}
          >
            <button
              type="button"
              className="rules-open"
              aria-current={at === selected}
              onClick={() => onSelect(at, rule.line)}
            >
              {readOnly ? null : <IconGripVertical className="rules-grip" size={14} aria-hidden="true" />}
              <span className="strong foreign one-line">{rule.id || 'without an id'}</span>
              <Share rule={rule} traffic={traffic} isNew={inForce !== null && !inForce.has(rule.id)} />
              <code className="rules-when foreign one-line">{rule.when}</code>
            </button>
            {readOnly || at !== selected ? null : (
              <RuleTools
                id={rule.id}
                first={at === 0}
                last={at === rules.length - 1}
                onUp={() => move(at, at - 1)}
                onDown={() => move(at, at + 1)}
                onRemove={() => select(removeRule(text, at), Math.max(0, at - 1))}
              />
            )}
          </li>
        ))}
      </ol>
      {list.elsewhere ? (
        <p className="soft rules-none">Tenants have rules of their own in the text; they come after these.</p>
      ) : null}
    </section>
  );
}

interface ShareProps {
  readonly rule: RuleText;
  readonly traffic: Traffic | undefined;
  readonly isNew: boolean;
}

function Share({ rule, traffic, isNew }: ShareProps) {
  if (isNew) return <span className="tone-accent rules-share">new</span>;
  if (!traffic || traffic.requests === 0) return null;
  const count = traffic.byRule.get(rule.id) ?? 0;
  if (count === 0) return <span className="soft rules-share">no match</span>;
  return (
    <span className="rules-share" title={`${count} of ${traffic.requests} requests in the time range`}>
      <b>{formatShare(count / traffic.requests)}</b> <span className="soft">of traffic</span>
    </span>
  );
}

interface RuleToolsProps {
  readonly id: string;
  readonly first: boolean;
  readonly last: boolean;
  readonly onUp: () => void;
  readonly onDown: () => void;
  readonly onRemove: () => void;
}

function RuleTools({ id, first, last, onUp, onDown, onRemove }: RuleToolsProps) {
  const tools = [
    { label: `Move ${id} up`, Icon: IconArrowUp, run: onUp, off: first },
    { label: `Move ${id} down`, Icon: IconArrowDown, run: onDown, off: last },
    { label: `Remove ${id}`, Icon: IconTrash, run: onRemove, off: false },
  ];
  return (
    <span className="rules-tools">
      {tools.map(({ label, Icon, run, off }) => (
        <ActionIcon key={label} variant="subtle" color="gray" size={24} aria-label={label} disabled={off} onClick={run}>
          <Icon size={15} />
        </ActionIcon>
      ))}
    </span>
  );
}
