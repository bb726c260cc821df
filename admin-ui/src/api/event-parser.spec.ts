import { EventParser } from './event-parser';

describe('server-sent events', () => {
  it('are put together from pieces that break anywhere', () => {
    const parser = new EventParser();
    const text = ': hello\n\nid: 7\nevent: trace\ndata: {"id":"a"}\n\ndata: one\ndata: two\n\n';
    const events = [...text].flatMap((character) => parser.push(character));
    expect(events).toEqual([
      { name: 'trace', data: '{"id":"a"}', id: '7' },
      { name: 'message', data: 'one\ntwo' },
    ]);
  });

  it('are not told before they are whole', () => {
    const parser = new EventParser();
    expect(parser.push('event: end\r\ndata: x\r\n')).toEqual([]);
    expect(parser.push('\r\n')).toEqual([{ name: 'end', data: 'x' }]);
  });

  it('end where a line ends as on Windows, also when the piece breaks inside it', () => {
    const parser = new EventParser();
    expect([...'data: x\r\n\r\n'].flatMap((character) => parser.push(character))).toEqual([
      { name: 'message', data: 'x' },
    ]);
  });

  it('keep separators of other kinds of lines: U+2028 ends no line of a stream', () => {
    const data = JSON.stringify('first\u2028second\u2029third');
    expect(new EventParser().push(`data: ${data}\n\n`)).toEqual([{ name: 'message', data }]);
  });
});
