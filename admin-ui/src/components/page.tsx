import { useEffect, type ReactNode } from 'react';
import './page-header.css';

interface PageProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of most pages: a headline, what can be done, and the rest. */
export function Page({ title, hint, actions, children }: PageProps) {
  usePageTitle(title);
  return (
    <div className="page-body">
      <header className="page-header">
        <div className="page-header-text">
          <h1>{title}</h1>
          {hint ? <p className="page-header-hint">{hint}</p> : null}
        </div>
        {actions ? <div className="page-header-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · LLM Relay`;
  }, [title]);
}
