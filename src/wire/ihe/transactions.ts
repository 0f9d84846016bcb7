/** The four transactions: by which action they go, in which service of a country they live, what stands in their Body. */
import type { XmlElement } from '#platform/xml/tree.ts'
import type { IheCall } from './exchange.ts'

export type Transaction = IheCall['transaction']

/** Services of the reference implementation; XCA has two transactions in one. */
export const SERVICES = ['XCPD_Service', 'XCA_Service', 'XDR_Service'] as const
export type Service = (typeof SERVICES)[number]

export interface TransactionShape {
  readonly service: Service
  readonly requestAction: string
  readonly responseAction: string
  readonly requestElement: string
  readonly namespace: string
}

const HL7 = 'urn:hl7-org:v3'
const IHE = 'urn:ihe:iti:2007'
const XDS = 'urn:ihe:iti:xds-b:2007'

/** IHE ITI TF-2 3.55, 3.38, 3.39, 3.41: actions and elements as in their WSDL. */
export const TRANSACTIONS: Readonly<Record<Transaction, TransactionShape>> = {
  'ITI-55': {
    service: 'XCPD_Service',
    requestAction: `${HL7}:PRPA_IN201305UV02:CrossGatewayPatientDiscovery`,
    responseAction: `${HL7}:PRPA_IN201306UV02:CrossGatewayPatientDiscovery`,
    requestElement: 'PRPA_IN201305UV02',
    namespace: HL7,
  },
  'ITI-38': {
    service: 'XCA_Service',
    requestAction: `${IHE}:CrossGatewayQuery`,
    responseAction: `${IHE}:CrossGatewayQueryResponse`,
    requestElement: 'AdhocQueryRequest',
    namespace: 'urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0',
  },
  'ITI-39': {
    service: 'XCA_Service',
    requestAction: `${IHE}:CrossGatewayRetrieve`,
    responseAction: `${IHE}:CrossGatewayRetrieveResponse`,
    requestElement: 'RetrieveDocumentSetRequest',
    namespace: XDS,
  },
  'ITI-41': {
    service: 'XDR_Service',
    requestAction: `${IHE}:ProvideAndRegisterDocumentSet-b`,
    responseAction: `${IHE}:ProvideAndRegisterDocumentSet-bResponse`,
    requestElement: 'ProvideAndRegisterDocumentSetRequest',
    namespace: XDS,
  },
}

const ALL = Object.entries(TRANSACTIONS) as readonly (readonly [Transaction, TransactionShape])[]

/** The transaction of an action in a service. */
export function transactionOf(service: Service, action: string): Transaction | undefined {
  return ALL.find(([, shape]) => shape.service === service && shape.requestAction === action)?.[0]
}

export function isRequestOf(transaction: Transaction, body: XmlElement): boolean {
  const shape = TRANSACTIONS[transaction]
  return body.name === shape.requestElement && body.namespace === shape.namespace
}
