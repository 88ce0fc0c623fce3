/** Milliseconds for which the version of a forgotten text is kept, so that a late write finds it. */
export const forgottenFor: number = 60 * 60 * 1_000
