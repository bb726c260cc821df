import type { ComponentPropsWithoutRef } from 'react';
import './button.css';

/** The one push button of the console; it never submits a form by accident. */
export function Button({ className = '', ...rest }: ComponentPropsWithoutRef<'button'>) {
  return <button type="button" className={`button ${className}`.trim()} {...rest} />;
}
