/** Keeps the test provider's codes, tokens and sessions in memory: they end with the process. */

type Payload = Record<string, unknown>

interface Kept {
  readonly payload: Payload
  readonly until: number
}

const LARGEST = 5000

/** One adapter per kind of record (oidc-provider's adapter contract), all on one map. */
export function memoryAdapter(now: () => number = Date.now) {
  const records = new Map<string, Kept>()

  function find(key: string): Payload | undefined {
    const kept = records.get(key)
    if (!kept) return undefined
    if (kept.until > now()) return kept.payload
    records.delete(key)
    return undefined
  }

  function sweep(): void {
    if (records.size < LARGEST) return
    for (const [key, kept] of records) if (kept.until <= now()) records.delete(key)
    for (const key of records.keys()) {
      if (records.size < LARGEST) return
      records.delete(key)
    }
  }

  return (kind: string) => ({
    async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
      sweep()
      records.set(`${kind}:${id}`, { payload, until: now() + (expiresIn ?? 86_400) * 1000 })
    },
    async find(id: string): Promise<Payload | undefined> {
      return find(`${kind}:${id}`)
    },
    async findByUid(uid: string): Promise<Payload | undefined> {
      return [...records.keys()]
        .filter((key) => key.startsWith(`${kind}:`))
        .map(find)
        .find((payload) => payload?.uid === uid)
    },
    async findByUserCode(): Promise<Payload | undefined> {
      return undefined
    },
    async consume(id: string): Promise<void> {
      const payload = find(`${kind}:${id}`)
      if (payload) payload.consumed = Math.floor(now() / 1000)
    },
    async destroy(id: string): Promise<void> {
      records.delete(`${kind}:${id}`)
    },
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of records) {
        if (key.startsWith(`${kind}:`) && payload.grantId === grantId) records.delete(key)
      }
    },
  })
}
