/** The names that the assertions of MyHealth@EU are made of (IHE XUA rev. 19 as profiled by the eHDSI SAML Profile). */
export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const HL7 = 'urn:hl7-org:v3'
export const AUDIENCE = 'urn:ehdsi:assertions.audience:x-border'
export const SENDER_VOUCHES = 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches'
export const UNSPECIFIED_NAME = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
export const URI_NAME_FORMAT = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri'
export const PREVIOUS_SESSION = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession'
export const PURPOSE_SYSTEM = '3bc18518-d305-46c2-a8d6-94bd59856e9e'
export const PERMISSION_PREFIX = 'urn:oasis:names:tc:xspa:1.0:subject:hl7:permission:'

export type AssertionKind = 'hcp' | 'trc' | 'nextOfKin'

/** `Issuer/@NameQualifier` tells what an assertion is. */
export const QUALIFIERS: Readonly<Record<AssertionKind, string>> = {
  hcp: 'urn:ehdsi:assertions:hcp',
  trc: 'urn:ehdsi:assertions:trc',
  nextOfKin: 'urn:ehdsi:assertions:nok',
}

/** Longest life in milliseconds: 4 hours for the professional, 2 for what is about a patient. */
export const LONGEST_LIFE: Readonly<Record<AssertionKind, number>> = {
  hcp: 4 * 3_600_000,
  trc: 2 * 3_600_000,
  nextOfKin: 2 * 3_600_000,
}

const XSPA = 'urn:oasis:names:tc:xspa:1.0'
const NEXT_OF_KIN = 'urn:ehdsi:names:subject:nextofkin'

/** `Attribute/@Name`. */
export const ATTRIBUTES = {
  homeCommunityId: 'urn:ihe:iti:xca:2010:homeCommunityId',
  providerIdentifier: `${XSPA}:subject:npi`,
  subjectId: `${XSPA}:subject:subject-id`,
  role: 'urn:oasis:names:tc:xacml:2.0:subject:role',
  organisation: `${XSPA}:subject:organization`,
  organisationId: `${XSPA}:subject:organization-id`,
  facilityType: 'urn:ehdsi:names:subject:healthcare-facility-type',
  purposeOfUse: `${XSPA}:subject:purposeofuse`,
  locality: `${XSPA}:environment:locality`,
  onBehalfOf: 'urn:ehdsi:names:subject:on-behalf-of',
  permission: `${XSPA}:subject:hl7:permission`,
  dispensationPin: 'urn:ehdsi:names:document:document-id:dispensationPinCode',
  prescriptionId: 'urn:ehdsi:names:document:document-id:prescriptionId',
  kinId: `${NEXT_OF_KIN}:id`,
  kinGiven: `${NEXT_OF_KIN}:firstname`,
  kinFamily: `${NEXT_OF_KIN}:familyname`,
  kinGender: `${NEXT_OF_KIN}:gender`,
  kinBirthDate: `${NEXT_OF_KIN}:birthdate`,
  kinStreet: `${NEXT_OF_KIN}:address:street`,
  kinCity: `${NEXT_OF_KIN}:address:city`,
  kinPostalCode: `${NEXT_OF_KIN}:address:postalcode`,
  kinCountry: `${NEXT_OF_KIN}:address:country`,
} as const

/** Names of the epSOS years that installations of OpenNCP still send, by the name they have today. */
export const FORMER_ATTRIBUTES: Readonly<Partial<Record<keyof typeof ATTRIBUTES, string>>> = {
  facilityType: 'urn:epsos:names:wp3.4:subject:healthcare-facility-type',
  onBehalfOf: 'urn:epsos:names:wp3.4:subject:on-behalf-of',
}
