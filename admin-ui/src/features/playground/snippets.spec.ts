import { execFileSync } from 'node:child_process';
import { LANGUAGES, snippetOf } from './snippets';

const HOSTILE = `it's "quoted" $HOME \`id\` \\ \u202Ereversed\u2028\nnew 😀 </script>`;
const sent = {
  origin: 'http://relay.test',
  headers: { 'x-relay-tags': "a'b" },
  body: { model: 'auto', messages: [{ role: 'user', content: HOSTILE }], temperature: 0, stream: true },
};

describe('a request as code', () => {
  it.each(LANGUAGES)(
    'in %s names the environment for the key, and hides no sign that turns lines around',
    (language) => {
      const text = snippetOf(language, sent);
      expect(text).toContain('RELAY_API_KEY');
      expect(text).not.toMatch(/rk-|[\u202a-\u202e\u2028]/);
    },
  );

  it('reaches curl through a shell as it was written', () => {
    const text = snippetOf('curl', sent).replace(/^curl -N/, `printf '%s\\0'`);
    const words = execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' }).split('\0');
    expect(JSON.parse(words.at(-2) ?? '')).toEqual(sent.body);
    expect(words).toContain("x-relay-tags: a'b");
  });

  it('has the values of Python in Python', () => {
    const text = snippetOf('python', sent);
    expect(text).toContain('stream=True,');
    expect(text).toContain(`extra_headers={"x-relay-tags": "a'b"},`);
  });

  it('has the whole body in TypeScript', () => {
    const text = snippetOf('typescript', sent);
    const body = text.slice(text.indexOf('create(') + 7, text.indexOf(', { headers'));
    expect(JSON.parse(body)).toEqual(sent.body);
  });
});
