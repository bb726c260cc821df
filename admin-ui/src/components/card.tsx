import { useId, type ReactNode } from 'react';
import './card.css';

interface CardProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A titled region of a page. */
export function Card({ title, hint, action, children }: CardProps) {
  const heading = useId();
  return (
    <section className="card" aria-labelledby={heading}>
      <header className="card-head">
        <div>
          <h2 id={heading}>{title}</h2>
          {hint ? <p className="card-hint">{hint}</p> : null}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
