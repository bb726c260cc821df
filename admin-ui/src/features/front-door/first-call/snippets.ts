export type Language = 'curl' | 'javascript' | 'python';

/** The first call in each language, against the relay at `origin`. */
export function snippetsFor(origin: string): Readonly<Record<Language, string>> {
  return {
    curl: `export RELAY_API_KEY=rk-...

curl ${origin}/v1/chat/completions \\
  -H "authorization: Bearer $RELAY_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{
    "model": "auto",
    "messages": [{ "role": "user", "content": "Say hello" }]
  }'`,

    javascript: `import OpenAI from 'openai';

const relay = new OpenAI({
  baseURL: '${origin}/v1',
  apiKey: process.env.RELAY_API_KEY,
});

const stream = await relay.chat.completions.create({
  model: 'auto',
  messages: [{ role: 'user', content: 'Say hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}`,

    python: `import os
from openai import OpenAI

relay = OpenAI(
    base_url="${origin}/v1",
    api_key=os.environ["RELAY_API_KEY"],
)

stream = relay.chat.completions.create(
    model="auto",
    messages=[{"role": "user", "content": "Say hello"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")`,
  };
}
