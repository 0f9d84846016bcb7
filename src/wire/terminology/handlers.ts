/** What the HTTP surface needs of a terminology server. Structural: this folder knows no terminology. */
import type { JsonObject } from './json.ts'

export interface FhirResource extends JsonObject {
  readonly resourceType: string
}

export type TerminologyType = 'CodeSystem' | 'ValueSet' | 'ConceptMap' | 'NamingSystem'

export interface OperationCall {
  readonly resourceType?: TerminologyType
  /** Name without `$`. */
  readonly operation: string
  /** Instance level. */
  readonly id?: string
  /** FHIR R5. */
  readonly parameters: ParametersResource
  readonly acceptLanguage?: string
  readonly fhirVersion: 'R4' | 'R5'
  readonly expansionLimit?: number
}

export interface ParametersResource extends FhirResource {
  readonly resourceType: 'Parameters'
  readonly parameter?: readonly ParameterEntry[]
}

export interface ParameterEntry extends JsonObject {
  readonly name: string
  readonly resource?: FhirResource
  readonly part?: readonly ParameterEntry[]
}

export interface Answer {
  readonly status: number
  /** FHIR R5. */
  readonly resource: FhirResource
  readonly contentLanguage?: string
}

export interface StatementContext {
  readonly fhirVersion: 'R4' | 'R5'
  /** Base URL as the client sees it. */
  readonly base: string
  readonly software: { readonly name: string; readonly version: string; readonly releaseDate?: string }
  readonly date: string
}

export interface TerminologyHandlers {
  operation(call: OperationCall): Answer | Promise<Answer>
  read(type: TerminologyType, id: string): Answer
  search(type: TerminologyType, query: URLSearchParams, context: { readonly base: string }): Answer
  capabilityStatement(context: StatementContext): FhirResource
  terminologyCapabilities(context: StatementContext): FhirResource
}
