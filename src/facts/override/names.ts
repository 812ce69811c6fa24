/** The values that belong to a chart itself, not to one installation of it. */
export const isDefaults = (path: string): boolean => /(^|\/)values\.ya?ml$/.test(path)
