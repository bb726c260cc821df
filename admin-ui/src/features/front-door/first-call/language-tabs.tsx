import { useRef, type KeyboardEvent } from 'react';
import type { Language } from './snippets';

const LANGUAGES = ['curl', 'javascript', 'python'] as const satisfies readonly Language[];
const LABELS = { curl: 'curl', javascript: 'JavaScript', python: 'Python' } satisfies Record<Language, string>;

export const tabId = (language: Language): string => `call-tab-${language}`;
export const panelId = (language: Language): string => `call-panel-${language}`;

interface LanguageTabsProps {
  readonly selected: Language;
  readonly onSelect: (language: Language) => void;
}

/** Tabs by the ARIA pattern: one stop for Tab, arrows, Home and End move and select. */
export function LanguageTabs({ selected, onSelect }: LanguageTabsProps) {
  const list = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = neighbour(selected, event.key);
    if (!next) return;
    event.preventDefault();
    onSelect(next);
    list.current?.querySelector<HTMLElement>(`#${tabId(next)}`)?.focus();
  };

  return (
    <div className="tabs" role="tablist" aria-label="Language of the example" ref={list} onKeyDown={onKeyDown}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          role="tab"
          className="tab"
          id={tabId(language)}
          aria-selected={language === selected}
          aria-controls={language === selected ? panelId(language) : undefined}
          tabIndex={language === selected ? 0 : -1}
          onClick={() => onSelect(language)}
        >
          {LABELS[language]}
        </button>
      ))}
    </div>
  );
}

function neighbour(selected: Language, key: string): Language | undefined {
  const at = LANGUAGES.indexOf(selected);
  switch (key) {
    case 'ArrowRight':
      return LANGUAGES[(at + 1) % LANGUAGES.length];
    case 'ArrowLeft':
      return LANGUAGES.at(at - 1);
    case 'Home':
      return LANGUAGES[0];
    case 'End':
      return LANGUAGES.at(-1);
    default:
      return undefined;
  }
}
