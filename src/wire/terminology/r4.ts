/** FHIR R4 ⇄ R5 of what a terminology server says and hears. */

/** An R5 resource as an R4 client understands it. */
export function toR4(resource: object): object {
  return resource
}

/** An R4 resource as R5. */
export function toR5(resource: object): object {
  return resource
}
