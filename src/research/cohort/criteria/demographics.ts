/** What can be asked of the person at the index event. */
import { type Attribute, age, concepts, gender, onEnd, onStart } from './domain.ts'

export const demographicAttributes: Readonly<Record<string, Attribute>> = {
  Age: age('start'),
  ...concepts('Gender', gender),
  ...concepts('Race', { of: 'person', column: 'race_concept_id' }),
  // circe-be looks these two sets up in the gender (getDemographicCriteriaQuery); the check `set-read-as-gender` says so.
  RaceCS: { kind: 'selection', place: gender },
  ...concepts('Ethnicity', { of: 'person', column: 'ethnicity_concept_id' }),
  EthnicityCS: { kind: 'selection', place: gender },
  OccurrenceStartDate: onStart,
  OccurrenceEndDate: onEnd,
}
