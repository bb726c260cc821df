import { changed } from './url-state';

describe('parameters of the address', () => {
  const before = new URLSearchParams('range=1h&status=error&status=aborted');

  it('change without touching the others', () => {
    expect(changed(before, { q: 'slow' }).toString()).toBe('range=1h&status=error&status=aborted&q=slow');
  });

  it('take a list apart, and go away when empty', () => {
    expect(changed(before, { status: ['ok'] }).toString()).toBe('range=1h&status=ok');
    expect(changed(before, { status: null, range: '' }).toString()).toBe('');
  });

  it('keep hostile values as values', () => {
    expect(changed(before, { q: 'a&b=<script>' }).get('q')).toBe('a&b=<script>');
  });
});
