import { isJsonObject, type JsonObject } from '../json/json-object';

/** One call of a tool as chat's pieces have told it so far. */
export interface CallSoFar {
  readonly index: unknown;
  readonly isCustom: boolean;
  id: string;
  name: string;
  /** Of the arguments: not yet passed on, since the name is not known. */
  held: string;
}

/**
 * Tells to which call a piece belongs: the latest with its index, unless it brings another id, for some servers give every parallel call
 * the index 0; without an index a new id begins a call, and a piece without one continues the last.
 */
export class CallPieces {
  readonly calls: CallSoFar[] = [];

  /** The call that the piece belongs to; its `held` has the new piece of the arguments at its end. */
  add(piece: JsonObject): CallSoFar {
    const { index, id, type, custom } = piece;
    const isCustom = type === 'custom' || isJsonObject(custom);
    const call = this.find(index, id) ?? this.begin(index, isCustom);
    const said = isCustom || call.isCustom ? custom : piece['function'];
    if (typeof id === 'string' && call.id === '') call.id = id;
    if (!isJsonObject(said)) return call;
    const { name } = said;
    if (typeof name === 'string' && name !== '') call.name = name;
    call.held += textOf(call.isCustom ? said['input'] : said['arguments']);
    return call;
  }

  private find(index: unknown, id: unknown): CallSoFar | undefined {
    const isNamed = typeof id === 'string' && id !== '';
    if (typeof index !== 'number') {
      return isNamed ? this.calls.find((call) => call.id === id) : this.calls.at(-1);
    }
    const held = this.calls.findLast((call) => call.index === index);
    return held && isNamed && held.id !== '' && held.id !== id ? undefined : held;
  }

  private begin(index: unknown, isCustom: boolean): CallSoFar {
    const call: CallSoFar = { index, isCustom, id: '', name: '', held: '' };
    this.calls.push(call);
    return call;
  }
}

/** Arguments are a string; a server that sends an object means its JSON. */
function textOf(given: unknown): string {
  if (typeof given === 'string') return given;
  return given === undefined || given === null ? '' : JSON.stringify(given);
}
