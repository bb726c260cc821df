/** Lets a label have so many values and calls the rest `other`, so that no configuration or client can flood a metric. */
export class LabelBound {
  private readonly values = new Set<string>();

  constructor(private readonly maxValues: number) {}

  of(value: string | null): string {
    if (value === null) return 'none';
    if (this.values.has(value)) return value;
    if (this.values.size >= this.maxValues) return 'other';
    this.values.add(value);
    return value;
  }
}
