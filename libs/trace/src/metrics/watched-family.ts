import { Counter, Gauge, type Registry } from 'prom-client';

/** A metric whose values somebody else keeps; `read` is called when somebody scrapes. Labels are to come from small fixed sets. */
export interface WatchedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter'; // a counter's value is that since the start of the process
  /** Its only label; none: one value, under an empty name. Several: keys are their values with a space between. */
  readonly label?: string | readonly string[];
  readonly read: () => Readonly<Record<string, number>>;
}

export function watchFamily(registry: Registry, { name, help, type, label, read }: WatchedFamily): void {
  const labelNames = label === undefined ? [] : [label].flat();
  const options = { name, help, labelNames, registers: [registry] };
  const labelled = (key: string): Record<string, string> => {
    const values = labelNames.length > 1 ? key.split(' ') : [key];
    return Object.fromEntries(labelNames.map((labelName, i) => [labelName, values[i] ?? '']));
  };
  if (type === 'gauge') {
    new Gauge({
      ...options,
      collect() {
        this.reset();
        for (const [key, value] of Object.entries(read())) this.set(labelled(key), value);
      },
    });
    return;
  }
  new Counter({
    ...options,
    collect() {
      this.reset();
      for (const [key, value] of Object.entries(read())) this.inc(labelled(key), value);
    },
  });
}
