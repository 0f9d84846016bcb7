/** Prepares, starts and watches the demonstration, prints its table, and stops cleanly on Ctrl-C. */
import { join } from 'node:path'
import { planEurope, portsOf } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { supervise } from '#node/europe/supervisor.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem } from '#platform/result/result.ts'
import { openTerminology } from '#terminology/index.ts'
import type { DemoOptions } from '../commands/demo.ts'
import { EXIT } from '../program.ts'
import { DATA, PROJECT, tesseraHome } from '../project.ts'
import { askedToStop } from '../run-node.ts'
import { makePopulations } from './populations.ts'
import { portsAreFree } from './ports.ts'
import { describeDemo, printTable } from './table.ts'

export async function demo(options: DemoOptions): Promise<number> {
  const begun = performance.now()
  // Keys, journeys and databases are nobody else's to read, whatever folder they lie in.
  process.umask(0o077)
  const home = tesseraHome()
  const plan = planEurope(options.port)
  const free = await portsAreFree(portsOf(plan))
  if (!free.ok) {
    console.error(describeProblem(free.problem))
    return EXIT.failed
  }
  const stopAsked = askedToStop()
  try {
    const nodes = await prepareEurope({ home, data: DATA, plan, research: options.research })
    // Compiled once here, so that the nodes do not all do it at the same time.
    await openTerminology({ cache: join(home, 'cache') })
    const supervisor = await supervise(nodes, {
      program: join(PROJECT, 'src', 'cli', 'main.ts'),
      onRestart: (name, code, signal) =>
        console.error(`The node ${name} ended (${signal ?? `code ${code}`}); it is started again.`),
      onGivenUp: (name) =>
        console.error(`The node ${name} ended too often and is left down. Look at its log, then start again.`),
    })
    if (!supervisor.ok) {
      console.error(describeProblem(supervisor.problem))
      return EXIT.failed
    }
    const description = await describeDemo(plan, DATA, {
      readyAfterSeconds: (performance.now() - begun) / 1000,
      research: options.research,
    })
    console.log(
      options.json
        ? JSON.stringify({ ...description, pids: Object.fromEntries(supervisor.value.pids()) }, null, 2)
        : printTable(description),
    )
    const datasets = options.research ? makeDatasets(home, options) : undefined
    await stopAsked
    if (!options.json) console.log('\nStopping.')
    await Promise.all([supervisor.value.stop(), datasets?.stop()])
    return EXIT.fine
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    console.error(describeProblem(error.problem))
    return EXIT.failed
  }
}

/** Nobody waits for them; until they are there, questions about them are refused by name. */
function makeDatasets(home: string, { persons, json }: DemoOptions): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const making = makePopulations({
    ...{ home, data: DATA, persons },
    signal: stopping.signal,
    onMade: (country) => {
      if (!json) console.log(`The dataset of ${country} is there.`)
    },
    onProblem: (country, words) => console.error(`The dataset of ${country} cannot be made: ${words}`),
  })
  return {
    async stop() {
      stopping.abort()
      await making
    },
  }
}
