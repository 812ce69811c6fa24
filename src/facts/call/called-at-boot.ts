import type { Artifact } from '../../artifact/types.ts'
import { escapePattern } from '../../text/pattern.ts'
import type { Boot } from './boot.ts'
import type { Found } from './found.ts'

/** A changed file that runs at boot, with the calls that its loading makes. */
export interface BootFile {
  readonly artifact: Artifact
  readonly boot: Boot
  readonly calls: readonly Found[]
}

/** Functions of a library file that a boot file of the same change calls while it loads, and why they run at boot. */
export function calledAtBoot(
  library: Artifact,
  files: readonly BootFile[],
): { readonly names: ReadonlySet<string>; readonly boot: Boot } | undefined {
  const text = library.head?.text ?? ''
  const module = library.path.slice(library.path.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
  for (const { artifact, boot, calls } of files) {
    if (artifact === library || artifact.language === 'shell') continue
    const names = new Set(calls.filter(call => call.runsOnLoad && reaches(call)).map(call => call.name))
    if (names.size > 0) return { names, boot: { ...boot, place: `called from ${artifact.path}` } }

    function reaches({ receiver, name }: Found): boolean {
      if (
        !new RegExp(
          `\\b(def|function|const|async)\\s+(self\\.)?${escapePattern(name)}|^\\s*(async\\s+)?${escapePattern(name)}\\s*\\(`,
          'm',
        ).test(text)
      )
        return false
      if (library.language === 'ruby') {
        const constant = /(\w+)(\.new(\(.*\))?)?$/.exec(receiver)?.[1] ?? ''
        return /^[A-Z]/.test(constant) && new RegExp(`\\b(class|module)\\s+(\\w+::)*${constant}\\b`).test(text)
      }
      return new RegExp(`(from|import|require)\\b[^\\n]*[\\s'"./]${escapePattern(module)}\\b`).test(
        artifact.head?.text ?? '',
      )
    }
  }
  return undefined
}
