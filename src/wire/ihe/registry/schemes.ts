/** Names of ebXML RIM 3.0 and of IHE's metadata in it (IHE ITI TF-3 4.2.5, 4.3.1). */
export const RIM = 'urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0'
export const RS = 'urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0'
export const QUERY = 'urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0'
export const LCM = 'urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0'
export const XDSB = 'urn:ihe:iti:xds-b:2007'

export const STABLE_ENTRY = 'urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1'
export const APPROVED = 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'

/** Classification schemes of a document entry. */
export const ENTRY = {
  classCode: 'urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a',
  typeCode: 'urn:uuid:f0306f51-975f-434e-a61c-c59651d33983',
  formatCode: 'urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d',
  confidentiality: 'urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f',
  facility: 'urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1',
  practiceSetting: 'urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead',
  author: 'urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d',
  event: 'urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4',
  /** External identifiers. */
  patientId: 'urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427',
  uniqueId: 'urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab',
} as const

/** The same of a submission set. */
export const SUBMISSION_SET = {
  node: 'urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd',
  author: 'urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d',
  contentType: 'urn:uuid:aa543740-bdda-424e-8c96-df4873be8500',
  uniqueId: 'urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8',
  patientId: 'urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446',
  sourceId: 'urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832',
} as const

export const TRANSFORMS = 'urn:ihe:iti:2007:AssociationType:XFRM'
export const HAS_MEMBER = 'urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember'

/** Code systems of what eHDSI puts into the metadata. */
export const ATC = '2.16.840.1.113883.6.73'
export const EDQM = '0.4.0.127.0.16.1.1.2.1'
export const SUBSTITUTION = '2.16.840.1.113883.5.1070'
export const STRENGTH = 'eHDSI_Strength_CodeSystem'
export const WORKFLOW = '1.3.6.1.4.1.19376.1.2.3'
export const CONFIDENTIALITY = '2.16.840.1.113883.5.25'
export const COUNTRIES = '1.0.3166.1'
/** Policies of a consent (eHDSI BPPC); recognised only, because consents are no longer exchanged. */
export const CONSENT_POLICIES = '1.3.6.1.4.1.12559.11.10.1.3.2.4.1'
