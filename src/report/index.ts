import { github } from './github.ts'
import { json } from './json.ts'
import { markdown } from './markdown.ts'
import type { Reporter } from './model.ts'
import { pretty } from './pretty.ts'
import { sarif } from './sarif.ts'

/** Every output format by the name that `--format` takes. */
export const reporters = { pretty, github, json, sarif, markdown } as const satisfies Readonly<Record<string, Reporter>>

export type ReporterName = keyof typeof reporters

export function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(reporters, name)
}
