/**
 * Is the process alive, and is each of its parts ready? Parts are probed when asked, all at once, each within its time;
 * the answer names parts and states, never a person, an address or an exception.
 */

export type Probe = () => Promise<void>

export interface PartState {
  readonly part: string
  readonly ready: boolean
  /** Milliseconds that the probe took. */
  readonly durationMs: number
  /** `failed` or `timeout` when not ready. */
  readonly reason?: 'failed' | 'timeout'
}

export interface Readiness {
  readonly ready: boolean
  readonly parts: readonly PartState[]
}

export interface Health {
  /** Adds a part. The probe resolves when the part can do its work and rejects when not. */
  part(name: string, probe: Probe, options?: { readonly timeoutMs?: number }): void
  readiness(): Promise<Readiness>
  /** `GET /health`: 200 when alive and every part is ready, else 503. `?live` asks for liveness alone: always 200. */
  respond(request: Request): Promise<Response>
}

const PROBE_TIMEOUT_MS = 2000

export function createHealth(): Health {
  const parts = new Map<string, { readonly probe: Probe; readonly timeoutMs: number }>()
  const readiness = async (): Promise<Readiness> => {
    const states = await Promise.all([...parts].map(([part, { probe, timeoutMs }]) => ask(part, probe, timeoutMs)))
    return { ready: states.every(({ ready }) => ready), parts: states }
  }
  return {
    readiness,
    part(name, probe, options = {}) {
      if (parts.has(name)) throw new Error(`The part ${name} is already watched.`)
      parts.set(name, { probe, timeoutMs: options.timeoutMs ?? PROBE_TIMEOUT_MS })
    },
    async respond(request) {
      const headers = { 'cache-control': 'no-store' }
      if (new URL(request.url).searchParams.has('live')) return Response.json({ live: true }, { headers })
      const state = await readiness()
      return Response.json({ live: true, ...state }, { status: state.ready ? 200 : 503, headers })
    },
  }
}

async function ask(part: string, probe: Probe, timeoutMs: number): Promise<PartState> {
  const start = performance.now()
  const duration = () => Math.round((performance.now() - start) * 10) / 10
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), timeoutMs)
  })
  try {
    // A probe that throws before its first await is a failed part like any other.
    const outcome = await Promise.race([Promise.resolve().then(probe), tooLate])
    if (outcome === 'timeout') return { part, ready: false, durationMs: duration(), reason: 'timeout' }
    return { part, ready: true, durationMs: duration() }
  } catch {
    return { part, ready: false, durationMs: duration(), reason: 'failed' }
  } finally {
    clearTimeout(timer)
  }
}
