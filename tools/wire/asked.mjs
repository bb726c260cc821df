// What a request asks for, whichever protocol it speaks.

/** The last thing that was said: `result` is what a tool gave, `wantsJson` a schema for the answer. */
export function askedBy(protocol, body) {
  return { ...READERS[protocol](body), hasTools: body.tools?.length > 0, stream: body.stream === true };
}

const READERS = {
  chat({ messages, response_format: format }) {
    const { role, content } = messages.at(-1);
    const isResult = role === 'tool';
    return of(content, { result: isResult ? textOf(content) : null, wantsJson: format?.type === 'json_schema' });
  },
  messages({ messages, output_format: format, output_config: config }) {
    const { content } = messages.at(-1);
    const results = partsOf(content).filter(({ type }) => type === 'tool_result');
    const result = results.length > 0 ? textOf(results.at(-1).content) : null;
    return of(content, { result, wantsJson: (config?.format ?? format)?.type === 'json_schema' });
  },
  responses({ input, text }) {
    const last = typeof input === 'string' ? { content: input } : input.at(-1);
    const isResult = last.type === 'function_call_output';
    const content = isResult ? last.output : last.content;
    return of(content, { result: isResult ? textOf(content) : null, wantsJson: text?.format?.type === 'json_schema' });
  },
};

const PICTURES = ['image_url', 'input_image', 'image'];
const of = (content, more) => ({
  text: textOf(content),
  hasPicture: partsOf(content).some(({ type }) => PICTURES.includes(type)),
  ...more,
});
const partsOf = (content) => (Array.isArray(content) ? content : []);

function textOf(content) {
  return typeof content === 'string' ? content : partsOf(content).map((part) => part.text ?? '').join(''); // prettier-ignore
}
