/**
 * A map whose entries come and go with each request, in the order in which they came.
 *
 * Of a `Map` or `Set` that is full of what was deleted, V8 makes a new table and links the old one to it. A table that has become old garbage is
 * collected with the old objects only, and until then it keeps the tables after it, and what each of them held, from being collected with the young:
 * with 32 objects of 3 kB in it at a time, Node 20 collects old objects 55 times instead of once while 400,000 pass through, and takes 9 times as much CPU
 * (ADR 45). Here the map holds numbers, and what it stands for lies in an array, which forgets it at once.
 */
export class LiveMap<K extends string | number, V> {
  private readonly places = new Map<K, number>();
  private readonly values_: (V | undefined)[] = [];
  private readonly free: number[] = [];

  get size(): number {
    return this.places.size;
  }

  has(key: K): boolean {
    return this.places.has(key);
  }

  get(key: K): V | undefined {
    const place = this.places.get(key);
    return place === undefined ? undefined : this.values_[place];
  }

  set(key: K, value: V): void {
    const place = this.places.get(key) ?? this.free.pop() ?? this.values_.length;
    this.values_[place] = value;
    this.places.set(key, place);
  }

  delete(key: K): boolean {
    const place = this.places.get(key);
    if (place === undefined) return false;
    this.places.delete(key);
    this.values_[place] = undefined;
    this.free.push(place);
    return true;
  }

  clear(): void {
    this.places.clear();
    this.values_.length = 0;
    this.free.length = 0;
  }

  /** As a `Map`'s: what is deleted meanwhile is passed over, what is added comes last. */
  *entries(): Generator<[K, V], void> {
    for (const [key, place] of this.places) yield [key, this.values_[place] as V];
  }

  *values(): Generator<V, void> {
    for (const place of this.places.values()) yield this.values_[place] as V;
  }

  [Symbol.iterator](): Generator<[K, V], void> {
    return this.entries();
  }
}

/** The same for a set: each member leaves by the number that it got when it came. */
export class LiveSet<T> {
  private readonly members = new LiveMap<number, T>();
  private came = 0;

  get size(): number {
    return this.members.size;
  }

  add(member: T): number {
    const number = ++this.came;
    this.members.set(number, member);
    return number;
  }

  delete(number: number): boolean {
    return this.members.delete(number);
  }

  [Symbol.iterator](): Generator<T, void> {
    return this.members.values();
  }
}

/** Most members of a `LiveBag` at a time; a number is below 2^52. */
const PLACES = 2 ** 20;
const TURNS = 2 ** 32;

/** As a `LiveSet`, in no order and without a map: for what every request enters, whose table V8 would make anew with every few of them. */
export class LiveBag<T> {
  private readonly members: (T | undefined)[] = [];
  private readonly numbers: number[] = []; // of the member in each place; 0: none
  private readonly free: number[] = [];
  private turn = 0;

  get size(): number {
    return this.members.length - this.free.length;
  }

  add(member: T): number {
    const place = this.free.pop() ?? this.members.length;
    if (place >= PLACES) throw new RangeError(`a bag holds ${PLACES} members at most`);
    this.turn = (this.turn % (TURNS - 1)) + 1;
    const number = this.turn * PLACES + place;
    this.members[place] = member;
    this.numbers[place] = number;
    return number;
  }

  /** False for one that has left. */
  delete(number: number): boolean {
    const place = number % PLACES;
    if (this.numbers[place] !== number || number === 0) return false;
    this.members[place] = undefined;
    this.numbers[place] = 0;
    this.free.push(place);
    return true;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (let place = 0; place < this.members.length; place++)
      if (this.numbers[place] !== 0) yield this.members[place] as T;
  }
}
