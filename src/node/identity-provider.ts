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

/** The people that may sign in to the demonstration: those of care, then those of research. */
export async function demoProfessionals(data: string): Promise<readonly DemoProfessional[]> {
  const { professionals } = Professionals.parse(await json(data, 'demo', 'professionals.json'))
  const { people } = ResearchPeople.parse(await json(data, 'demo', 'research', 'people.json'))
  return [...professionals, ...people.map(researchPerson)]
}

async function json(...path: readonly string[]): Promise<unknown> {
  return JSON.parse(await readFile(join(...path), 'utf8'))
}

const ResearchPeople = z.object({
  people: z.array(
    z.object({
      login: z.string(),
      country: z.string(),
      given: z.string(),
      family: z.string(),
      /** An office of `data/roles/offices.json`. */
      office: z.string(),
      number: z.string(),
      illustrates: z.string(),
      organisation: z.object({ id: z.string(), name: z.string() }),
    }),
  ),
})

/** Claims as the providers of the professionals give them: an office stands in the place of a profession. */
function researchPerson(person: z.infer<typeof ResearchPeople>['people'][number]): DemoProfessional {
  const { login, country, illustrates, given, family, office, number, organisation } = person
  const site = {
    codeModeExercice: 'S',
    codeSecteurDactivite: '',
    numeroFinessSite: '',
    identifiantTechniqueDeLaStructure: organisation.id,
    raisonSocialeSite: organisation.name,
  }
  const exercise = { nomDexercice: family, prenomDexercice: given, codeProfession: office, codeSavoirFaire: '' }
  const claims = {
    sub: `research:${number}`,
    SubjectNameID: number,
    preferred_username: number,
    given_name: given,
    family_name: family,
    name: `${given} ${family}`,
    identifierSystem: 'urn:tessera:demonstration:research',
    SubjectRole: [office],
    SubjectOrganization: organisation.name,
    SubjectOrganizationID: organisation.id,
    authMode: 'CARD',
    SubjectRefPro: { exercices: [{ ...exercise, activities: [site] }] },
  }
  return { login, country, illustrates, claims }
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
