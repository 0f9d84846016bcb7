/** Runs the terminology server in the foreground until it is asked to stop. */
import { readFile } from 'node:fs/promises'
import { serveTerminology } from '#node/terminology/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { describeProblem, failed, ok, type Result } from '#platform/result/result.ts'
import { parseTokens } from '#wire/releases/subscribers.ts'
import { EXIT } from '../program.ts'
import { DATA, tesseraHome, VERSION } from '../project.ts'
import { askedToStop } from '../run-node.ts'
import type { ServeCommandOptions } from './serve-command.ts'

export async function serve(options: ServeCommandOptions): Promise<number> {
  const stopAsked = askedToStop()
  const log = createLog({ level: 'info', name: 'terminology' })
  const begun = performance.now()
  const { port, host, threads, home, baseUrl, flat, origin, json, node, database } = options
  const tokens = await tokensOf(options)
  if (!tokens.ok) {
    console.error(describeProblem(tokens.problem))
    return EXIT.usage
  }
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
      centre: { node, ...(database === undefined ? {} : { database }) },
      ...(options.offerReleases ? { offer: tokens.value ? { tokens: tokens.value } : {} } : {}),
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

async function tokensOf({
  releaseTokens: file,
  offerReleases,
}: ServeCommandOptions): Promise<Result<readonly string[] | undefined>> {
  if (file === undefined) return ok(undefined)
  if (!offerReleases)
    return failed('nothing-offered', 'Tokens are for releases that are offered.', 'Add --offer-releases.')
  try {
    return parseTokens(await readFile(file, 'utf8'), file)
  } catch {
    return failed('release-tokens-unusable', 'The file of tokens cannot be read.', 'Check the path.', { file })
  }
}
