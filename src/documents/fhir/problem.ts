/** What can be wrong with a document that is not XML. */
export type FhirProblemCode =
  | 'fhir-too-large'
  | 'fhir-encoding'
  | 'fhir-json'
  | 'fhir-truncated'
  | 'fhir-too-deep'
  | 'fhir-not-fhir'
  | 'fhir-nothing-usable'
