/** The door of this folder: what a terminology server answers, whatever the wire. */
import type { Parameters, Resource } from './fhir.ts'

export type TerminologyType = 'CodeSystem' | 'ValueSet' | 'ConceptMap' | 'NamingSystem'

export interface OperationRequest {
  readonly resourceType?: TerminologyType
  /** `lookup`, `validate-code`, `batch-validate-code`, `expand`, `subsumes`, `translate`, `closure`, `related`, `compare`. */
  readonly operation: string
  /** Instance level: `[base]/ValueSet/<id>/$expand`. */
  readonly id?: string
  /** R5 JSON, as it came: checked here. */
  readonly parameters: Parameters
  readonly acceptLanguage?: string
  readonly fhirVersion: 'R4' | 'R5'
  /** Most concepts one expansion may hold; the server's own bound applies when absent. */
  readonly expansionLimit?: number
}

export interface OperationAnswer {
  readonly status: number
  /** R5: Parameters, ValueSet, Bundle or OperationOutcome. */
  readonly resource: Resource
  readonly contentLanguage?: string
}

export interface StatementContext {
  readonly fhirVersion: 'R4' | 'R5'
  /** Base URL as the client sees it. */
  readonly base: string
  readonly software: { readonly name: string; readonly version: string; readonly releaseDate?: string }
  readonly date: string
}

export interface TerminologyServer {
  operation(request: OperationRequest): OperationAnswer | Promise<OperationAnswer>
  /** 404 with an OperationOutcome when there is none. */
  read(type: TerminologyType, id: string): OperationAnswer
  /** A searchset Bundle. Parameters as in the URL's query, in order. */
  search(type: TerminologyType, query: URLSearchParams, context: { readonly base: string }): OperationAnswer
  capabilityStatement(context: StatementContext): Resource
  terminologyCapabilities(context: StatementContext): Resource
}
