/** The real demonstration for tests: the command a newcomer runs, in a home of its own, on ports of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = join(ROOT, 'bin', 'tessera')

const Description = z.object({
  readyAfterSeconds: z.number(),
  portals: z.array(z.object({ country: z.string(), url: z.string() })),
  pids: z.record(z.string(), z.number()),
})

export interface Demonstration {
  readonly home: string
  readonly description: z.infer<typeof Description>
  /** Process id of the supervisor. */
  readonly supervisor: number
  /** Address of a country's portal. */
  portal(country: string): string
  /** Runs a command against this demonstration. */
  run(...options: readonly string[]): {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  }
  stop(): Promise<{ readonly code: number | null }>
  /** `kill -9` of the supervisor alone; the home stays. */
  kill(): Promise<void>
}

/** Starts `tessera demo` and waits for its table. The home is removed when it stops, unless it was given. */
export async function startDemonstration(
  given?: { readonly home: string; readonly port: number },
  options: readonly string[] = ['--no-research'],
): Promise<Demonstration> {
  const home = given?.home ?? mkdtempSync(join(tmpdir(), 'tessera-demo-'))
  for (let attempt = 0; ; attempt += 1) {
    const port = given?.port ?? 20_000 + Math.floor(Math.random() * 2_000) * 20
    const child = spawn(COMMAND, ['demo', '--json', '--port', String(port), ...options], {
      env: environment(home),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const told = await firstDocument(child)
    if (told.text !== '') return running(home, child, Description.parse(JSON.parse(told.text)), given === undefined)
    if (attempt === 4 || !told.problem.includes('port-taken'))
      throw new Error(`The demonstration did not start: ${told.problem}`)
  }
}

function running(
  home: string,
  child: ChildProcess,
  description: z.infer<typeof Description>,
  temporary: boolean,
): Demonstration {
  return {
    home,
    description,
    supervisor: child.pid ?? 0,
    portal: (country) => description.portals.find((portal) => portal.country === country)?.url ?? '',
    run: (...options) =>
      spawnSync(COMMAND, options, { env: environment(home), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', (code) => {
          if (temporary) rmSync(home, { recursive: true, force: true })
          resolve({ code })
        })
        child.kill('SIGINT')
      }),
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

function environment(home: string): NodeJS.ProcessEnv {
  return { ...process.env, TESSERA_HOME: home }
}

/** What the command prints as JSON once it is ready, or what it complained of when it ended. */
function firstDocument(child: ChildProcess): Promise<{ readonly text: string; readonly problem: string }> {
  return new Promise((resolve) => {
    let text = ''
    let problem = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      problem += chunk
    })
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.trimEnd().endsWith('\n}')) resolve({ text, problem })
    })
    child.once('exit', () => resolve({ text: '', problem }))
  })
}
