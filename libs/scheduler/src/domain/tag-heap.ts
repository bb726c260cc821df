/** The lowest of start tags that come and go: a binary heap; what was taken out is dropped when it comes up. */
export class TagHeap {
  private readonly heap: { readonly id: string; readonly tag: number }[] = [];

  /** `stands`: whether the ticket with this id is in line still. */
  constructor(private readonly stands: (id: string) => boolean) {}

  add(id: string, tag: number): void {
    const { heap } = this;
    heap.push({ id, tag });
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >>> 1;
      if (!this.swapIfLower(at, parent)) return;
      at = parent;
    }
  }

  /** Undefined if there is none. */
  lowest(): number | undefined {
    for (let first = this.heap[0]; first; first = this.heap[0]) {
      if (this.stands(first.id)) return first.tag;
      this.drop();
    }
    return undefined;
  }

  private drop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const lower = (heap[right]?.tag ?? Infinity) < (heap[left]?.tag ?? Infinity) ? right : left;
      if (lower >= heap.length || !this.swapIfLower(lower, at)) return;
      at = lower;
    }
  }

  private swapIfLower(child: number, parent: number): boolean {
    const { heap } = this;
    const [below, above] = [heap[child], heap[parent]];
    if (!below || !above || below.tag >= above.tag) return false;
    heap[child] = above;
    heap[parent] = below;
    return true;
  }
}
