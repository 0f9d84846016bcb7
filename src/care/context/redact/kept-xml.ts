/** What stays of an XML message: words of the protocols (SOAP, SAML, HL7 v3, ebRIM), never of what they carry. */

/** Attributes whose values the protocol fixes, whatever the element. */
export const KEPT_ATTRIBUTES: ReadonlySet<string> = new Set([
  // SOAP, XML Schema, XML signature
  ...['mustUnderstand', 'type', 'lang', 'Algorithm', 'URI'],
  // SAML
  ...['Version', 'Name', 'NameFormat', 'FriendlyName', 'Format', 'NameQualifier', 'Method'],
  // HL7 v3
  ...[
    'ITSVersion',
    'typeCode',
    'classCode',
    'moodCode',
    'determinerCode',
    'nullFlavor',
    'codeSystem',
    'contextConductionInd',
  ],
  // ebRIM; `name` is that of a slot
  ...['name', 'returnType', 'returnComposedObjects', 'objectType', 'classificationScheme', 'identificationScheme'],
  ...['associationType', 'status', 'severity', 'errorCode', 'mimeType'],
])

/** HL7 v3: codes that steer the message, not its subject. */
export const PROTOCOL_CODES: ReadonlySet<string> = new Set([
  'processingCode',
  'processingModeCode',
  'acceptAckCode',
  'queryResponseCode',
  'responseModalityCode',
  'responsePriorityCode',
])

/** Elements whose text the protocol fixes. */
export const KEPT_TEXT: ReadonlySet<string> = new Set([
  ...['Action', 'To', 'MessageID', 'RelatesTo', 'Address'],
  ...['Audience', 'AuthnContextClassRef', 'HomeCommunityId', 'RepositoryUniqueId', 'mimeType'],
])

/** Not a slot, but treated like one: the code of a SOAP fault. */
export const FAULT_CODE = 'soap:Code'

/** ebRIM: slots that say which kind of documents, not whose. */
export const KEPT_SLOTS: ReadonlySet<string> = new Set([
  '$XDSDocumentEntryClassCode',
  '$XDSDocumentEntryStatus',
  '$XDSDocumentEntryFormatCode',
  'codingScheme',
  'languageCode',
  'repositoryUniqueId',
  FAULT_CODE,
])

/** Even there, only what looks like protocol: codes, OIDs, URNs, addresses without a query. */
export const HARMLESS =
  /^(?:urn:[\w:.#-]{1,160}|https?:\/\/[\w.:/#-]{1,160}|[\w.:$-]{1,80}|\(?'[\w.^-]{1,80}'(?:, ?'[\w.^-]{1,80}')*\)?)$/
