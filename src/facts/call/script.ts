import type { Word } from './words.ts'

/** What is known of a whole shell script, from its text. */
export interface Script {
  readonly text: string
  /** Variables and the texts assigned to them, with offsets, in order. */
  readonly assigned: ReadonlyMap<string, readonly { readonly value: string; readonly at: number }[]>
  /** Values that stand outside the shell text: `env:` of a workflow, ENV of a Dockerfile. */
  readonly declaredElsewhere: (name: string) => boolean
}

/** Variables that a system or a CI service always sets. */
const alwaysSet =
  /^(HOME|PWD|OLDPWD|USER|LOGNAME|SHELL|PATH|HOSTNAME|UID|EUID|RANDOM|PPID|BASHPID|GITHUB_\w+|RUNNER_\w+|CI_\w+|BITBUCKET_\w+|CIRCLE_\w+|BUILDKITE_\w+|WORKSPACE|BASH_SOURCE)$/

/** Does the script stop on an unset variable (`set -u`) before `offset`? */
function stopsOnUnset(script: Script, offset: number): boolean {
  const before = script.text.slice(0, offset)
  return /^\s*set\s+(-\w+\s+)*-\w*u|^\s*set\s+.*-o\s+nounset|^#!.*\s-\w*u/m.test(before)
}

function stopsOnError(script: Script, offset: number): boolean {
  return /^\s*set\s+(-\w+\s+)*-\w*e|^\s*set\s+.*-o\s+errexit|^#!.*\s-\w*e/m.test(script.text.slice(0, offset))
}

/** Folders whose loss breaks a machine. */
const systemFolder =
  /^\/(\*|\.\*|\.|bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|srv|sys|usr|var|data|mnt|media)?(\/?\*?|\/)$/

/** The variable that can make `rm -r "$X/…"` a removal from the root; '' when there is none. */
export function unsetVariableOf(script: Script, words: readonly Word[], offset: number): string {
  if (words[0]?.text !== 'rm' || !words.some(word => /^-\w*[rR]|^--recursive$/.test(word.text))) return ''
  for (const word of words.slice(1)) {
    const match = /^((?:\$\w+|\$\{\w+\}|\$@)+)(\/.*)$/.exec(word.text)
    if (match?.[1] === undefined || match[2] === undefined) continue
    // What follows the first folder may be a variable too: `$A/$B` with both empty is the root.
    const rest = match[2].replace(/\$\{?\w+\}?/g, '').replace(/\/+/g, '/')
    if (!systemFolder.test(rest)) continue
    const names = match[1].match(/\w+/g) ?? []
    if (names.every(name => canBeEmpty(script, name, offset, 0))) return names[0] ?? ''
  }
  return ''
}

function canBeEmpty(script: Script, name: string, offset: number, depth: number): boolean {
  if (alwaysSet.test(name) || depth > 4 || isChecked(script, name, offset)) return false
  const values = script.assigned.get(name)?.filter(({ at }) => at < offset) ?? []
  const last = values.at(-1)
  if (last === undefined) {
    if (script.declaredElsewhere(name) || stopsOnUnset(script, offset)) return false
    return !/^\s*(source|\.)\s+\S/m.test(script.text.slice(0, offset))
  }
  const value = last.value.replace(/^"([\s\S]*)"$/, '$1')
  if (value === '' || value === "''") return true
  const other = /^\$\{?(\w+)\}?$/.exec(value)?.[1] ?? /^\$\{(\w+):?-\}$/.exec(value)?.[1]
  if (other !== undefined) return canBeEmpty(script, other, last.at, depth + 1)
  // A command's output is empty when the command fails; some cannot.
  if (/^(\$\(|`)[\s\S]*(\)|`)$/.test(value))
    return (
      !/^(\$\(|`)\s*(pwd|mktemp|dirname|basename|date|whoami|hostname|uname)\b/.test(value) &&
      !stopsOnError(script, last.at)
    )
  return false
}

/** Tests, `:?` and exits that mention the variable before its use. */
function isChecked(script: Script, name: string, offset: number): boolean {
  const before = script.text.slice(0, offset)
  const word = `\\$\\{?#?${name}\\b`
  // A file below the folder is looked for in the same function; elsewhere that says nothing about this place.
  const near = before.slice(before.lastIndexOf('\n}') + 1)
  if (new RegExp(`(\\[|\\btest\\b)[^\\n]*${word}\\}?/`).test(near)) return true
  return new RegExp(
    `\\$\\{${name}:?[?]|(\\[|\\btest\\b)[^\\n]*${word}(?!\\}?/)|\\bcase\\s+"?${word}|\\$\\{${name}:?=|\\(\\(\\s*[^\\n]*\\b${name}\\b`,
  ).test(before)
}

/** A variable that stands for production, or for everything, unless the caller says otherwise, as in `ENV=${1:-production}`. */
export function productionDefaultOf(
  script: Script,
  words: readonly Word[],
  environment: readonly string[],
  offset: number,
): string {
  const isProduction = /:?[-=]["']?(prod|production|prd|live|all|everything|\*)["']?\}/i
  const texts = [...words.map(word => word.text), ...environment]
  const direct = texts.find(text => isProduction.test(text))
  if (direct !== undefined) return /\$\{(\w+)/.exec(direct)?.[1] ?? ''
  for (const [name, values] of script.assigned) {
    const value = values.findLast(({ at }) => at < offset)?.value ?? ''
    if (!isProduction.test(value)) continue
    const isUsed = texts.some(text => new RegExp(`\\$\\{?${name}\\b`).test(text))
    const isExported = new RegExp(`^\\s*export\\s+[^\\n]*\\b${name}\\b`, 'm').test(script.text.slice(0, offset))
    const names = /^(RAILS_ENV|RACK_ENV|NODE_ENV|APP_ENV|DJANGO_ENV|ENVIRONMENT|AWS_PROFILE|ENV|STAGE|KUBECONFIG)$/
    if (isUsed || (isExported && names.test(name))) return name
  }
  return ''
}

const clusterFlags = /(^|\s)(--(kube-?)?context|--kubeconfig|--server|--cluster|--token|-s)([ =]|$)/
const clusterChosen =
  /\bKUBECONFIG=|\bkubectl\s+config\s+(use-context|set-context|set-cluster)|get-credentials|update-kubeconfig|\bkube(ctx|login)\b|\boc\s+login|\b(kind|minikube|k3d|k3s)\b|current-context|\bdoctl\b.*\bkubeconfig\b|\bkubectl\s*\(\)|alias kubectl|\btsh\s+kube\b|serviceaccount/

/** Does a command of a cluster or infrastructure tool say which one it means, itself or earlier in the script? */
export function namesTarget(
  script: Script,
  words: readonly Word[],
  environment: readonly string[],
  offset: number,
): boolean {
  const line = words.map(word => word.text).join(' ')
  const before = script.text.slice(0, offset)
  switch (words[0]?.text) {
    case 'kubectl':
    case 'helm':
    case 'flux':
    case 'oc':
    case 'helmfile':
      return (
        clusterFlags.test(line) || environment.some(text => /^KUBECONFIG=/.test(text)) || clusterChosen.test(before)
      )
    case 'terraform':
    case 'tofu':
    case 'terragrunt':
      return (
        /-var-file|-target|-state|\s\S+\.tfplan$|\s\$\{?\w*plan/i.test(line) ||
        environment.some(text => /^TF_(WORKSPACE|VAR)/.test(text)) ||
        /workspace\s+(select|new|show)|TF_WORKSPACE|-backend-config|-chdir|\bcd\s|pushd\s/.test(`${before} ${line}`)
      )
    case 'aws':
      return /--(profile|region)\b/.test(line) || /AWS_PROFILE=|AWS_ACCOUNT|get-caller-identity/.test(before)
    case 'gcloud':
      return /--project\b/.test(line) || /config\s+set\s+project|CLOUDSDK_CORE_PROJECT/.test(before)
    default:
      return false
  }
}
