import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UserError } from '../text/errors.ts'
import type { RuleFile } from './load.ts'

/** All rule files below a folder, sorted by path. Throws a UserError when the folder cannot be read. */
export function ruleFilesIn(folder: string): readonly RuleFile[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${folder} is not a folder`, 'Name a folder of rule files, such as .premortem/rules.')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({
      path: relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path),
      expectedId: relative(folder, path)
        .replaceAll('\\', '/')
        .replace(/\.ya?ml$/, ''),
      text: readFileSync(path, 'utf8'),
    }))
}
