/** A tree that has no meaning: a mistake of the program that built it, never of a person. */
export class TreeError extends Error {
  override readonly name = 'TreeError'
}
