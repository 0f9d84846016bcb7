/** Fetches a package from the FHIR package server that the operator configured; there is no other. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { TarLimits } from './tar.ts'

export type ServerProblemCode = 'package-server-not-configured' | 'package-server-failed' | 'package-not-on-server'

/** The part of `fetch` that is used; tests give their own. */
export type FetchBytes = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>

const PATIENCE = 60_000

/** `GET server/NAME/VERSION`: the archive. */
export async function downloadPackage(
  name: string,
  version: string,
  limits: TarLimits,
  options: { readonly server?: string; readonly fetch?: FetchBytes },
): Promise<Result<Buffer, ServerProblemCode>> {
  if (!options.server)
    return failed(
      'package-server-not-configured',
      `${name}@${version} would have to come from a FHIR package server, and none is configured.`,
      'Configure a package server, or download the .tgz and add the file.',
    )
  const url = `${options.server.replace(/\/+$/, '')}/${encodeURIComponent(name)}/${encodeURIComponent(version)}`
  const again = 'Check the address of the package server and the network, then try again.'
  try {
    const response = await (options.fetch ?? fetch)(url, { signal: AbortSignal.timeout(PATIENCE) })
    if (response.status === 404)
      return failed(
        'package-not-on-server',
        `The package server does not have ${name} ${version}.`,
        'Check the name and the version.',
      )
    if (!response.ok) return failed('package-server-failed', `The package server answered ${response.status}.`, again)
    return await limitedBody(response, limits, again)
  } catch {
    return failed('package-server-failed', 'The package server could not be reached or did not answer in time.', again)
  }
}

async function limitedBody(
  response: Response,
  limits: TarLimits,
  again: string,
): Promise<Result<Buffer, ServerProblemCode>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > limits.size)
      return failed('package-server-failed', 'The package server sends more than a package can be.', again)
    parts.push(part)
  }
  return ok(Buffer.concat(parts))
}
