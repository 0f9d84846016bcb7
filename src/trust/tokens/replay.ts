/**
 * Remembers the tokens seen while they live. Policy: the same token may come again over the same certificate (a step of
 * a journey makes several requests); the same id with any other content or certificate is a replay. Because the
 * binding to certificate, patient and purpose is inside the signature, each replica may keep its own memory.
 */
export interface ReplayStore {
  use(token: UsedToken, now: number): 'first' | 'again' | 'different' | 'full'
}

export interface UsedToken {
  readonly issuer: string
  readonly tokenId: string
  /** What must stay the same when the id comes again. */
  readonly binding: string
  /** Seconds since 1970 after which the token is refused anyway. */
  readonly forgetAt: number
}

/** `perIssuer`: tokens remembered for each country, so that one country cannot crowd out the others. */
export function createReplayStore({ perIssuer = 20_000 }: { readonly perIssuer?: number } = {}): ReplayStore {
  const issuers = new Map<string, Map<string, { readonly binding: string; readonly forgetAt: number }>>()
  return {
    use({ issuer, tokenId, binding, forgetAt }, now) {
      const seen = issuers.get(issuer) ?? new Map()
      issuers.set(issuer, seen)
      const earlier = seen.get(tokenId)
      if (earlier && earlier.forgetAt > now) return earlier.binding === binding ? 'again' : 'different'
      if (seen.size >= perIssuer) {
        for (const [id, entry] of seen) if (entry.forgetAt <= now) seen.delete(id)
        if (seen.size >= perIssuer) return 'full'
      }
      seen.set(tokenId, { binding, forgetAt })
      return 'first'
    },
  }
}
