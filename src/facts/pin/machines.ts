import type { Source } from '../../artifact/types.ts'
import { type Span, spanOf } from '../../text/lines.ts'
import type { Pin } from './pins.ts'

/** Packages that Puppet or Chef keeps on machines, with the version they ask for. */
export function machinePackages(source: Source, language: 'puppet' | 'ruby'): readonly Pin[] {
  return language === 'puppet' ? puppet(source) : chef(source)
}

/** `package { 'mysql-server': ensure => latest }`: `latest` is looked up on each run of the agent, `present` only installs. */
function puppet(source: Source): readonly Pin[] {
  const bare = source.text.replace(/#[^\n]*/g, comment => ' '.repeat(comment.length))
  return [...bare.matchAll(/\bpackage\s*\{\s*(\[[^\]]*\]|[^\s:]+)\s*:([^{}]*)\}/g)].flatMap((found): readonly Pin[] => {
    const [whole, titles = '', body = ''] = found
    const ensure = /\bensure\s*=>\s*["']?([\w.:~+*-]+)["']?/.exec(body)
    const name = /[\w$][\w.+:$-]*/.exec(titles)?.[0] ?? ''
    if (ensure === null || name === '' || /^(absent|purged|held)$/.test(ensure[1] ?? '')) return []
    const start = found.index + whole.length - 1 - body.length + ensure.index
    return [pin(name, ensure[1] ?? '', spanOf(source.lines, start, start + ensure[0].length))]
  })
}

/** `package 'mysql-server' do … action :upgrade … end`. */
function chef(source: Source): readonly Pin[] {
  const blocks = source.text.matchAll(
    /^([ \t]*)(?:apt_|yum_|dnf_|gem_)?package\s+["']([^"']+)["']\s+do\b([\s\S]*?)^\1end\b/gm,
  )
  return [...blocks].flatMap((found): readonly Pin[] => {
    const [whole, , name = '', body = ''] = found
    const version = /^\s*version\s+["']([^"']+)["']/m.exec(body)
    const upgrade = /^\s*action\s+:upgrade\b/m.exec(body)
    const at = version ?? upgrade
    if (at === null) return []
    const start = found.index + whole.indexOf(body) + at.index + (at[0].length - at[0].trimStart().length)
    return [pin(name, version?.[1] ?? 'latest', spanOf(source.lines, start, start + at[0].trim().length))]
  })
}

function pin(name: string, ensure: string, span: Span): Pin {
  const isOpen = /^(present|installed)$/.test(ensure)
  const version = isOpen ? 'as installed' : ensure
  return { what: 'package', name, version, pinned: version !== 'latest', place: `package ${name}`, span }
}
