import type { Language } from '../../artifact/types.ts'

/** Settings, in which only few slips are looked for. */
export const settingLanguages: readonly Language[] = ['yaml', 'json', 'jsonc', 'toml', 'hcl', 'ini']
