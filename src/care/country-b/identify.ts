/** Finds a patient in another country from the answers to its search mask. */
import { ok, type Result } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import { patientQuery } from '#wire/fhir/ncpeh-client.ts'
import type { RemotePatient } from '#wire/fhir/remote-resources.ts'
import type { CareProblemCode } from '../context/care-context.ts'
import { type Answers, questionOf } from './answers.ts'
import { ask } from './asking.ts'
import type { Candidate, CountryBOptions } from './country-b.ts'
import { careFailure, directoryFailure, peerFailure } from './failures.ts'

export async function identifyPatients(
  options: CountryBOptions,
  professional: Professional,
  country: string,
  answers: Answers,
): Promise<Result<readonly Candidate[], CareProblemCode>> {
  const mask = await options.directory.searchMask(country)
  if (!mask.ok) return directoryFailure(mask.problem.code, country)
  const question = questionOf(mask.value, answers, options.clock())
  if (!question.ok) return question
  const [patient = ''] = question.value.identifiers
  return ask(
    options,
    {
      step: 'identify',
      asked: patientQuery(question.value),
      service: 'patient-identification',
      professional,
      country,
      patient,
      purpose: 'TREATMENT',
      scopes: ['user/Patient.search'],
    },
    async ({ client, token }) => {
      const found = await client.searchPatients(question.value, token)
      if (!found.ok) return { result: peerFailure(found, country, 'identify', options.log) }
      if (found.value.length === 0) return { result: careFailure('ERROR_PI_NO_MATCH', country) }
      return { result: ok(found.value.map((remote) => candidateOf(remote, question.value.identifiers))) }
    },
  )
}

/** The identifier that was asked for stays the one that further questions use. */
function candidateOf({ identifiers, ...traits }: RemotePatient, asked: readonly string[]): Candidate {
  const identifier = identifiers.find((one) => asked.includes(one)) ?? identifiers[0] ?? ''
  return { identifier, otherIdentifiers: identifiers.filter((one) => one !== identifier), ...traits }
}
