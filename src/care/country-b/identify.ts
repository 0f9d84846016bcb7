/** Finds a patient in another country from the answers to its search mask. */
import { ok, type Result } from '#platform/result/result.ts'
import type { Professional } from '#trust/people/professional.ts'
import { type PatientQuestion, patientQuery } from '#wire/fhir/ncpeh-client.ts'
import type { FoundPatient, IdentifyQuestion } from '../border/border-service.ts'
import type { CareProblemCode } from '../context/care-context.ts'
import { type Answers, questionOf } from './answers.ts'
import { ask } from './asking.ts'
import type { Candidate } from './country-b.ts'
import { careFailure, directoryFailure, refusalFailure } from './failures.ts'
import type { Asking } from './options.ts'

export async function identifyPatients(
  asking: Asking,
  professional: Professional,
  country: string,
  answers: Answers,
): Promise<Result<readonly Candidate[], CareProblemCode>> {
  const mask = await asking.directory.searchMask(country)
  if (!mask.ok) return directoryFailure(mask.problem.code, country)
  const question = questionOf(mask.value, answers, asking.clock())
  if (!question.ok) return question
  const { identifiers } = question.value
  const [patient = ''] = identifiers
  return ask(
    asking,
    {
      step: 'identify',
      asked: patientQuery(question.value),
      service: 'patient-identification',
      professional,
      country,
      patient,
      purpose: 'TREATMENT',
    },
    async ({ channel, call }) => {
      const found = await channel.identify(identifyQuestion(question.value), call)
      if (!found.ok) return { result: refusalFailure(found.refusal) }
      if (found.value.length === 0) return { result: careFailure('ERROR_PI_NO_MATCH', country) }
      return { result: ok(found.value.map((one) => candidateOf(one, identifiers))) }
    },
  )
}

/** The traits that both wires know by name; the others keep the names of the FHIR parameters. */
function identifyQuestion({ identifiers, traits }: PatientQuestion): IdentifyQuestion {
  const { family, given, birthdate, gender, ...others } = traits
  return {
    identifiers,
    ...(family === undefined ? {} : { family }),
    ...(given === undefined ? {} : { given }),
    ...(birthdate === undefined ? {} : { birthDate: birthdate }),
    ...(gender === undefined ? {} : { gender }),
    traits: others,
  }
}

/** The identifier that was asked for stays the one that further questions use. */
function candidateOf({ identifiers, ...traits }: FoundPatient, asked: readonly string[]): Candidate {
  const identifier = identifiers.find((one) => asked.includes(one)) ?? identifiers[0] ?? ''
  const { family, given, birthDate, gender } = traits
  return {
    identifier,
    otherIdentifiers: identifiers.filter((one) => one !== identifier),
    family,
    given,
    birthDate,
    gender,
  }
}
