/** Runs the terminology server in the foreground until it is asked to stop. */
import { serveTerminology } from '#node/terminology/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { describeProblem } from '#platform/result/result.ts'

import { EXIT } from '../program.ts'
import { DATA, tesseraHome, VERSION } from '../project.ts'
import { askedToStop } from '../run-node.ts'
import type { ServeCommandOptions } from './serve-command.ts'

export async function serve(options: ServeCommandOptions): Promise<number> {
  const stopAsked = askedToStop()
  const log = createLog({ level: 'info', name: 'terminology' })
  const begun = performance.now()
  const { port, host, threads, home, baseUrl, flat, origin, json } = options
  const running = await serveTerminology(
    {
      host,
      port,
      threads,
      home: home ?? tesseraHome(),
      data: DATA,
      flat: flat === true,
      origins: origin === undefined || origin.includes('*') ? '*' : origin,
      version: VERSION,
      ...(baseUrl === undefined ? {} : { base: baseUrl.replace(/\/+$/, '') }),
    },
    log,
  )
  if (!running.ok) {
    console.error(describeProblem(running.problem))
    return EXIT.failed
  }
  const { url, release, stop, threads: used } = running.value
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const served = release === undefined ? 'what ships with Tessera' : `release ${release}`
  if (json)
    console.log(
      JSON.stringify({
        url,
        port: running.value.port,
        threads: used,
        release: release ?? null,
        seconds: Number(seconds),
      }),
    )
  else {
    console.log(
      `Terminology server ready in ${seconds} s at ${url} (${used} ${used === 1 ? 'thread' : 'threads'}, ${served}).`,
    )
    console.log(`FHIR: ${url}/fhir/r4 and ${url}/fhir/r5. Health: ${url}/health. Stop with Ctrl-C.`)
  }
  if (process.connected) process.send?.({ ready: true, url })
  await stopAsked
  await stop()
  return EXIT.fine
}
