/** The datasets of the demonstration: generated and loaded behind everything else, one country after another, once. */
import { spawn } from 'node:child_process'
import { rm, stat } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { type DemoBody, demoBodies, demoRelease } from '#node/europe/research.ts'
import { PROJECT } from '../project.ts'

export interface PopulationsOptions {
  readonly home: string
  readonly data: string
  /** Of each country. */
  readonly persons: number
  /** Stops it; what is unfinished is made anew the next time. */
  readonly signal: AbortSignal
  readonly onMade: (country: string) => void
  readonly onProblem: (country: string, words: string) => void
}

/** At true prevalence 20,000 persons hold next to nobody with a rare disease; the descriptions of the datasets say so. */
const RARE_DISEASE_FACTOR = 30

/** Ends when all are there. A dataset that cannot be made is told, and the others are made. */
export async function makePopulations(options: PopulationsOptions): Promise<void> {
  for (const body of await demoBodies(options.data)) {
    if (options.signal.aborted) return
    const problem = await makeOne(body, options)
    if (options.signal.aborted) return
    if (problem === undefined) options.onMade(body.country)
    else options.onProblem(body.country, problem)
  }
}

async function makeOne(demo: DemoBody, options: PopulationsOptions): Promise<string | undefined> {
  const { country, dataset } = demo
  const target = demoRelease(options.home, demo)
  if (await stat(target).catch(() => undefined)) return undefined
  const people = `${target}.people`
  const size = ['--persons', String(options.persons), '--rare-disease-factor', String(RARE_DISEASE_FACTOR)]
  const steps = [
    ['research', 'generate', '--country', country, ...size, '--out', people],
    ['research', 'load', people, '--dataset', dataset.id, '--release', dataset.release, '--out', target],
  ]
  try {
    for (const step of steps) {
      const problem = await run(step, options.signal)
      if (problem !== undefined) return problem
    }
    return undefined
  } finally {
    await rm(people, { recursive: true, force: true })
  }
}

/** The command itself, when nobody else wants the processor; what it complained of when it failed. */
function run(args: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  const program = join(PROJECT, 'src', 'cli', 'main.ts')
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  if (child.pid !== undefined) {
    try {
      setPriority(child.pid, constants.priority.PRIORITY_LOW)
    } catch {
      // Not allowed here: then it runs like the others.
    }
  }
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-2000)
  })
  const stop = (): void => {
    child.kill('SIGKILL')
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop)
      resolve(code === 0 ? undefined : words.trim() || `It ended with ${code}.`)
    })
  })
}
