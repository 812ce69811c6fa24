import type { Artifact } from '../../artifact/types.ts'
import type { SyntaxFact } from './index.ts'

/** How plain values are typed: YAML 1.1 as Ruby or Python read it, Go's two libraries, JavaScript and its like. */
export type Typing = 'ruby' | 'python' | 'go' | 'kubernetes' | 'core'

export interface Reader {
  readonly name: SyntaxFact['reader']
  readonly typing: Typing
  /** What happens when the file cannot be read, as a sentence. */
  readonly consequence: string
  /** Equal keys are an error instead of "the last one wins". */
  readonly strictKeys: boolean
}

interface Known extends Reader {
  readonly paths: RegExp
}

const toolSettings =
  /(^|\/)(\.[\w-]*(rubocop|eslint|prettier|stylelint|yamllint|markdownlint|codeclimate|codecov|hadolint|pre-commit|mergify|renovate|dependabot|lintr?|haml-lint|erb-lint|reek|overcommit|cspell|editorconfig|devcontainer|vscode|golangci|coderabbit|sonarcloud|swiftlint|spectral|readthedocs)[\w.-]*(\/|$)|(codecov|mkdocs|_config|crowdin|cspell|renovate|dependabot|labeler|lefthook|sonar-project|biome|antora)[\w.-]*$)/i

const known: readonly Known[] = [
  reader(
    'github-actions',
    /(^|\/)\.github\/workflows\/[^/]+$/,
    'core',
    'GitHub refuses the workflow: none of its jobs run, required checks and deployments included.',
    true,
  ),
  reader(
    'github-actions',
    /(^|\/)action\.ya?ml$|(^|\/)\.github\/actions\//,
    'core',
    'GitHub cannot load the action, so every job that uses it fails.',
    true,
  ),
  reader(
    'github-form',
    /(^|\/)\.github\/(ISSUE_TEMPLATE|DISCUSSION_TEMPLATE)\//i,
    'ruby',
    'GitHub stops offering this form.',
    false,
  ),
  reader(
    'tool',
    toolSettings,
    'core',
    'The tool that reads these settings stops with an error or falls back to its defaults.',
    false,
  ),
  reader('tool', /(^|\/)\.github\//, 'core', 'The bot that reads this file stops working until it is repaired.', false),
  reader(
    'ci',
    /(^|\/)(\.gitlab-ci[^/]*|\.travis|azure-pipelines[^/]*|bitbucket-pipelines|appveyor|\.drone|cloudbuild[^/]*|buildspec[^/]*|\.woodpecker[^/]*)\.ya?ml$|(^|\/)\.(circleci|gitlab|buildkite|woodpecker|semaphore)\//,
    'core',
    'The CI system refuses the configuration: no pipeline runs, deployments included.',
    true,
  ),
  reader(
    'ansible',
    /(^|\/)(playbooks?|roles\/[^/]+\/(tasks|handlers|defaults|vars|meta)|group_vars|host_vars)\//,
    'python',
    'Ansible stops before the first task.',
    false,
  ),
  reader(
    'packages',
    /(^|\/)(package|composer|bower|lerna|rush|nx|project|deno)\.json$/,
    'core',
    'The package manager stops at once: installs, builds and deployments fail.',
    false,
  ),
  reader(
    'packages',
    /(^|\/)(pyproject|Cargo|uv|Pipfile|poetry)\.(toml|lock)$|(^|\/)Pipfile$/,
    'core',
    'The package manager and every tool configured here stop at once: builds and deployments fail.',
    true,
  ),
  reader(
    'unknown',
    /^(vercel|app|heroku|manifest|firebase|now|serverless)\.(json|ya?ml)$/,
    'core',
    'The platform refuses the file and the next deployment fails.',
    true,
  ),
]

function reader(
  name: SyntaxFact['reader'],
  paths: RegExp,
  typing: Typing,
  consequence: string,
  strictKeys: boolean,
): Known {
  return { name, paths, typing, consequence, strictKeys }
}

/** Readers of formats other than YAML, JSON and TOML. */
const otherReaders: readonly Known[] = [
  reader(
    'unknown',
    /\.(tf|tfvars|tofu|hcl|nomad)$/,
    'core',
    'Terraform, Terragrunt, Packer or Nomad stops before it plans anything, for everything in this folder.',
    true,
  ),
  reader(
    'unknown',
    /\.(service|timer)$/,
    'core',
    'systemd logs a warning and goes on without the line: what it was to set is not set.',
    false,
  ),
  reader(
    'unknown',
    /\.conf$|(^|\/)sites-(available|enabled)\//,
    'core',
    'nginx refuses its whole configuration: a reload keeps the old one, a restart leaves nothing running.',
    false,
  ),
  reader(
    'unknown',
    /(^|\/)\.env(\.[\w.-]+)?$|\.env$/,
    'core',
    'Everything below becomes part of one value, or the loader refuses the file: the keys below are not set.',
    false,
  ),
  reader('unknown', /\.(properties|ini|cnf)$/, 'core', 'The program that reads it fails when it starts.', false),
]

const compose: Reader = {
  name: 'compose',
  typing: 'python',
  consequence: 'docker compose refuses the file, so none of its services can be started or updated.',
  strictKeys: true,
}
const kubernetes: Reader = {
  name: 'kubernetes',
  typing: 'kubernetes',
  consequence: 'kubectl, Flux and Argo CD refuse the whole file: nothing in it is applied any more.',
  strictKeys: true,
}
const helm: Reader = {
  name: 'helm',
  typing: 'kubernetes',
  consequence: 'Helm cannot read these values: the next install or upgrade fails.',
  strictKeys: false,
}

const rails: Reader = {
  name: 'rails',
  typing: 'ruby',
  consequence: 'Ruby raises Psych::SyntaxError where the file is loaded, usually while the application boots.',
  strictKeys: false,
}

/** The folder of the Ruby application whose file this would be, by its path; undefined when it is none's. */
export function rubyRoot({ path, language }: Artifact): string | undefined {
  const found = language === 'yaml' ? /^((?:.*?\/)?)(?:config|db|lib|locales)\/.*$/.exec(path) : null
  return found?.[1]
}

/** Who reads a file, by its kind and path. `ruby`: a Gemfile or the like stands where `rubyRoot` says. */
export function readerOf({ kind, path, language, head }: Artifact, ruby: boolean): Reader {
  if (kind === 'compose') return compose
  if (kind === 'k8s' || (/(^|\/)kustomization\.ya?ml$/.test(path) && language === 'yaml')) return kubernetes
  if (kind === 'helm-values' || /(^|\/)Chart\.ya?ml$/.test(path)) return helm
  if (kind === 'sidekiq-schedule')
    return {
      name: 'rails',
      typing: 'ruby',
      consequence: 'Ruby raises Psych::SyntaxError while the worker process boots: no job runs until it is repaired.',
      strictKeys: false,
    }
  const found = known.find(({ paths }) => paths.test(path))
  if (found) return found
  if (ruby) return rails
  const text = head?.text.slice(0, 4000) ?? ''
  if (/^AWSTemplateFormatVersion|^Transform:\s*AWS/m.test(text))
    return {
      name: 'unknown',
      typing: 'core',
      consequence: 'CloudFormation refuses the template and the stack cannot be updated.',
      strictKeys: true,
    }
  const other = otherReaders.find(({ paths }) => paths.test(path))
  if (other) return other
  const what = language === 'toml' ? 'TOML' : language === 'yaml' ? 'YAML' : 'JSON'
  return {
    name: 'unknown',
    typing: 'python',
    consequence: `Whatever loads this file fails with a ${what} error the next time it starts.`,
    strictKeys: false,
  }
}
