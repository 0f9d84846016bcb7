/** The test identity provider as a process of its own: signs in the people of the demonstration, and nobody real. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { testIdentityProvider } from '#trust/people/test-identity-provider/test-identity-provider.ts'
import type { IdentityProviderConfiguration } from './configuration.ts'
import type { RunningNode } from './running.ts'

const Professionals = z.object({
  assurance: z.string(),
  professionals: z.array(
    z.object({
      login: z.string(),
      country: z.string(),
      illustrates: z.string(),
      claims: z.record(z.string(), z.unknown()),
    }),
  ),
})

export type DemoProfessional = z.infer<typeof Professionals>['professionals'][number]

/** The people that may sign in to the demonstration. */
export async function demoProfessionals(data: string): Promise<readonly DemoProfessional[]> {
  return Professionals.parse(JSON.parse(await readFile(join(data, 'demo', 'professionals.json'), 'utf8'))).professionals
}

export async function startIdentityProvider(
  configuration: IdentityProviderConfiguration,
): Promise<Result<RunningNode>> {
  const professionals = await demoProfessionals(configuration.data)
  const provider = await testIdentityProvider({
    issuer: configuration.issuer,
    clients: configuration.clients,
    professionals: professionals.map(({ login, country, illustrates, claims }) => ({
      login,
      country,
      description: illustrates,
      claims,
    })),
  })
  const server = createServer((request, response) => {
    if (request.url === '/health')
      response.setHeader('content-type', 'application/json').end('{"live":true,"ready":true}')
    else provider.listener(request, response)
  })
  server.listen(configuration.port, configuration.host)
  try {
    await once(server, 'listening')
  } catch {
    return failed('port-taken', `Port ${configuration.port} is taken.`, 'Choose another one with --port.')
  }
  return ok({
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}
