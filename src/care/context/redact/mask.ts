/** Stands for whatever was there; always the same, so that not even a length is told. */
export const MASK = '•••'
