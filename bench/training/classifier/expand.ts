/** Values for `{slot}` by the slot's name. */
export type Slots = ReadonlyMap<string, readonly string[]>;

const HOLE = /\[([^[\]]*)\]|\{([a-z]+)\}/g;

/**
 * Fills in a template: of `[a|b|]` one alternative, for `{slot}` one value. An alternative may hold slots; values are put in as
 * they are. Throws on a slot that nobody filled.
 */
export function expand(template: string, slots: Slots, random: () => number): string {
  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];
  const fill = (text: string): string =>
    text.replace(HOLE, (hole, choices: string | undefined, slot: string | undefined) => {
      if (choices?.includes('|')) return fill(pick(choices.split('|')) ?? '');
      if (slot === undefined) return hole;
      const value = pick(slots.get(slot) ?? []);
      if (value === undefined) throw new Error(`no values for {${slot}} in ${JSON.stringify(template)}`);
      return value;
    });
  return fill(template);
}
