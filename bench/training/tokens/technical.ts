import type { Sample } from './prose';

/** What prompts hold beside prose. */
export const TECHNICAL: Readonly<Record<string, Sample>> = {
  python: {
    fit: `import csv\nfrom dataclasses import dataclass\n\n@dataclass\nclass Order:\n    customer: str\n    amount: float\n\ndef read_orders(path):\n    with open(path, newline="", encoding="utf-8") as handle:\n        for row in csv.DictReader(handle):\n            yield Order(row["customer"], float(row["amount"]))\n\ndef total_by_customer(orders):\n    totals = {}\n    for order in orders:\n        totals[order.customer] = totals.get(order.customer, 0.0) + order.amount\n    return sorted(totals.items(), key=lambda item: -item[1])\n`,
    held: `class Queue:\n    def __init__(self, capacity=16):\n        self._items = [None] * capacity\n        self._head = 0\n        self._size = 0\n\n    def push(self, item):\n        if self._size == len(self._items):\n            raise OverflowError("queue is full")\n        tail = (self._head + self._size) % len(self._items)\n        self._items[tail] = item\n        self._size += 1\n`,
  },
  typescript: {
    fit: `export interface Lease {\n  readonly id: string;\n  readonly expiresAt: number;\n}\n\nexport class LeaseBook {\n  private readonly leases = new Map<string, Lease>();\n\n  /** Gives the lease back; unknown ids are ignored. */\n  release(id: string): boolean {\n    return this.leases.delete(id);\n  }\n\n  expired(now: number): Lease[] {\n    return [...this.leases.values()].filter((lease) => lease.expiresAt <= now);\n  }\n}\n`,
    held: `import { useEffect, useState } from 'react';\n\nexport function useDebounced<T>(value: T, delayMs: number): T {\n  const [settled, setSettled] = useState(value);\n  useEffect(() => {\n    const timer = setTimeout(() => setSettled(value), delayMs);\n    return () => clearTimeout(timer);\n  }, [value, delayMs]);\n  return settled;\n}\n`,
  },
  java: {
    fit: `public final class RateLimiter {\n    private final long capacity;\n    private long available;\n    private Instant refilledAt = Instant.now();\n\n    public synchronized boolean tryAcquire(long permits) {\n        refill();\n        if (available < permits) {\n            return false;\n        }\n        available -= permits;\n        return true;\n    }\n}\n`,
    held: `@RestController\n@RequestMapping("/orders")\nclass OrderController {\n    private final OrderService service;\n\n    @GetMapping("/{id}")\n    ResponseEntity<OrderView> find(@PathVariable UUID id) {\n        return service.find(id).map(ResponseEntity::ok).orElseGet(() -> ResponseEntity.notFound().build());\n    }\n}\n`,
  },
  go: {
    fit: `func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {\n\ts.mu.RLock()\n\tdefer s.mu.RUnlock()\n\tvalue, ok := s.items[key]\n\tif !ok {\n\t\treturn nil, fmt.Errorf("get %q: %w", key, ErrNotFound)\n\t}\n\treturn bytes.Clone(value), nil\n}\n`,
    held: `for attempt := 0; attempt < maxAttempts; attempt++ {\n\tresp, err := client.Do(req)\n\tif err == nil && resp.StatusCode < 500 {\n\t\treturn resp, nil\n\t}\n\tselect {\n\tcase <-ctx.Done():\n\t\treturn nil, ctx.Err()\n\tcase <-time.After(backoff(attempt)):\n\t}\n}\n`,
  },
  sql: {
    fit: `SELECT customer.name, count(*) AS orders, sum(item.price * item.quantity) AS revenue\nFROM orders\nJOIN customers customer ON customer.id = orders.customer_id\nLEFT JOIN order_items item ON item.order_id = orders.id\nWHERE orders.created_at >= now() - interval '30 days' AND orders.status <> 'cancelled'\nGROUP BY customer.name\nHAVING count(*) > 3\nORDER BY revenue DESC\nLIMIT 20;\n`,
    held: `CREATE TABLE shipments (\n  id uuid PRIMARY KEY,\n  order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,\n  carrier text NOT NULL,\n  weight_kg numeric(8, 3),\n  sent_at timestamptz NOT NULL DEFAULT now()\n);\nCREATE INDEX shipments_order ON shipments (order_id);\n`,
  },
  json: {
    fit: `{"id":"ord_48213","customer":{"name":"Mara Lindgren","email":"mara@example.org"},"items":[{"sku":"LAMP-220","quantity":2,"price":34.5},{"sku":"BULB-E27","quantity":6,"price":3.2}],"paid":true,"notes":null}`,
    held: `{\n  "name": "weather",\n  "description": "Current weather of a place",\n  "parameters": {\n    "type": "object",\n    "properties": {\n      "city": { "type": "string" },\n      "unit": { "type": "string", "enum": ["celsius", "fahrenheit"] }\n    },\n    "required": ["city"]\n  }\n}\n`,
  },
  markup: {
    fit: `<table class="prices"><thead><tr><th>Item</th><th>Price</th></tr></thead><tbody><tr><td>Tea</td><td>2.40</td></tr><tr><td>Soup of the day</td><td>5.90</td></tr></tbody></table>\n<p>All prices include <abbr title="value added tax">VAT</abbr>.</p>\n`,
    held: `## Installing\n\n1. Unpack the archive into an **empty** folder.\n2. Run \`./setup.sh --prefix=/opt/tool\`.\n3. Open [the console](http://localhost:8080/admin).\n\n| option | default | meaning |\n|---|---|---|\n| \`--port\` | 8080 | where it listens |\n| \`--quiet\` | off | prints errors only |\n`,
  },
  css: {
    fit: `.card { display: grid; grid-template-columns: 1fr auto; gap: 0.75rem; padding: 1rem 1.25rem; border-radius: 8px; background: #fdfcf8; }\n.card:hover { box-shadow: 0 2px 12px rgba(20, 20, 60, 0.15); }\n@media (max-width: 640px) { .card { grid-template-columns: 1fr; } }\n`,
    held: `:root { --ink: #1d2433; --paper: #ffffff; }\nbody { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }\na:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }\n`,
  },
  shell: {
    fit: `#!/usr/bin/env bash\nset -euo pipefail\nfor file in "$@"; do\n  size=$(stat -c %s "$file")\n  if (( size > 1048576 )); then\n    gzip -9 --keep "$file" && echo "$file: packed" >&2\n  fi\ndone | sort -u > packed.txt\n`,
    held: `docker compose up -d --build\ncurl -fsS -H "Authorization: Bearer $TOKEN" http://localhost:4100/v1/models | jq -r '.data[].id' | head -n 5\nfind . -name '*.log' -mtime +14 -print0 | xargs -0 rm -f\n`,
  },
  logs: {
    fit: `2026-03-14T09:26:53.589Z INFO  [http] GET /api/orders/48213 200 34ms request=7f3a9c21\n2026-03-14T09:26:54.002Z WARN  [pool] 17 of 20 connections in use, 4 waiting\n2026-03-14T09:26:55.120Z ERROR [worker-3] job 99120 failed after 3 attempts: ECONNREFUSED 10.0.4.17:5432\n`,
    held: `192.168.1.44 - - [02/Nov/2026:18:01:12 +0100] "POST /login HTTP/1.1" 401 512 "-" "Mozilla/5.0 (X11; Linux x86_64)"\n192.168.1.44 - - [02/Nov/2026:18:01:15 +0100] "POST /login HTTP/1.1" 302 0 "-" "Mozilla/5.0 (X11; Linux x86_64)"\n`,
  },
  numbers: {
    fit: `year,region,units,revenue\n2019,North,1204,88213.50\n2020,North,1390,97120.00\n2021,South,872,60411.25\n2022,South,1011,75002.90\n2023,West,15873,1203441.10\n3.14159265 2.71828183 1.41421356 1,250,000 42 7 19 100 65536\n`,
    held: `Q1: 48,120 units at 12.75; Q2: 51,004 at 12.90; Q3: 39,877 at 13.40. Total 139,001. Ids: 100382, 100383, 100391, 100417. Phone +49 30 901820, IBAN DE02 1203 0000 0000 2020 51.\n17 + 4 * (9 - 3) / 2 = 29\n`,
  },
  identifiers: {
    fit: `3f2b8c1e-94d7-4b0a-8e5f-6a7c9d10b2e3 9c1185a5c5e9fc54612808977ee8f548b2258d31 QmFzZTY0IHRleHQgd2l0aCBubyBtZWFuaW5nIGF0IGFsbA== https://shop.example.com/catalogue/lamps?page=3&sort=price_asc#top\nMAX_RETRY_COUNT getUserByEmailAddress parse_http_header_value node_modules/@types/react/index.d.ts\n`,
    held: `018f4c7e-2a90-7c31-b6d4-0e9f8a7b6c5d e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcw== http://10.2.0.15:9090/api/v1/query_range?query=up&step=15\nDEFAULT_TIMEOUT_MS computeShortestPath read_config_file src/main/java/org/example/App.java\n`,
  },
  maths: {
    fit: `Let $f(x) = \\frac{x^2 - 1}{x + 2}$. Show that $\\lim_{x \\to \\infty} \\frac{f(x)}{x} = 1$ and compute $\\int_0^1 f(x)\\,dx$. If a² + b² = c² and a = 3, b = 4, what is c? Solve 3x − 7 ≥ 2 for x ∈ ℝ; is √2 · √8 = 4?`,
    held: `Prove by induction that $\\sum_{k=1}^{n} k^2 = \\frac{n(n+1)(2n+1)}{6}$ for all $n \\in \\mathbb{N}$. A train covers 240 km in 2.5 hours: what is its mean speed? 12 × 15 ÷ 4 = ?`,
  },
  caps: {
    fit: `WARNING: DO NOT REMOVE THIS LABEL. KEEP OUT OF REACH OF CHILDREN. TERMS AND CONDITIONS OF SALE APPLY TO ALL ORDERS PLACED BEFORE DECEMBER. NASA, UNESCO AND THE WHO SIGNED THE AGREEMENT.\n`,
    held: `IMPORTANT NOTICE TO ALL RESIDENTS: THE WATER SUPPLY WILL BE TURNED OFF ON THURSDAY MORNING. PLEASE STORE ENOUGH WATER FOR THE DAY.\n`,
  },
  emoji: {
    fit: `Great job team! 🎉🎉 The launch went well 🚀 and customers love it ❤️. Next steps: fix the login 🔐, update the docs 📚 and get some sleep 😴👍🏽. See you on Monday ☕!\n`,
    held: `Happy birthday 🎂🥳! Hope you have a wonderful day full of cake 🍰, presents 🎁 and sunshine ☀️. Call me later 📞 😊✨\n`,
  },
  chat: {
    fit: `user: hey can u help me w/ my homework??\nassistant: Sure! What's it about?\nuser: idk its like fractions n stuff lol, the 1st one is 3/4 + 1/8\nassistant: Let's find a common denominator first…\n`,
    held: `hiya, thx for the quick reply!! gonna try it tmrw & let u know. btw whats the wifi pw again? (sry, lost the note) … also: r we still on for fri?\n`,
  },
};
