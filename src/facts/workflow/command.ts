/** A command that changes something outside the pipeline. */
export interface Effect {
  readonly tool: string
  /** Known by the tool itself, not only by a name such as `deploy`. */
  readonly certain: boolean
}

const commands: readonly (readonly [RegExp, string])[] = [
  [/\bterragrunt\b[^\n;&|]*\b(apply(-all)?|destroy(-all)?)\b/, 'terragrunt'],
  [/\b(terraform|tofu)\b[^\n;&|]*\s(apply|destroy)\b/, 'terraform'],
  [/\bpulumi\b[^\n;&|]*\s(up|destroy)\b/, 'pulumi'],
  [/\bcdk\b[^\n;&|]*\s(deploy|destroy)\b/, 'cdk'],
  [/\b(sam|serverless|sls|eb|copilot)\s+(\S+\s+){0,2}deploy\b/, 'serverless'],
  [/\bhelm\b[^\n;&|]*\s(upgrade|install|uninstall|rollback)\b/, 'helm'],
  [/\bhelmfile\b[^\n;&|]*\s(apply|sync|destroy)\b/, 'helmfile'],
  [/\b(kubectl|oc)\b[^\n;&|]*\s(apply|delete|replace|patch|scale|set\s+image|rollout\s+restart)\b/, 'kubectl'],
  [
    /\baws\s+(ecs\s+update-service|cloudformation\s+(deploy|create-stack|update-stack)|lambda\s+update-function|deploy\s+create-deployment)/,
    'aws',
  ],
  [/\bgcloud\b[^\n;&|]*\b(run|app|functions)\s+deploy\b/, 'gcloud'],
  [/\bfly(ctl)?\s+deploy\b/, 'fly'],
  [/\bansible-playbook\b(?![^\n]*--(check|syntax-check))/, 'ansible'],
  [/\bcap\s+\w+\s+deploy\b/, 'capistrano'],
  [/\bgit\s+push\b[^\n]*\b(heroku|dokku)\b|\bheroku\b[^\n]*\b(container:release|pipelines:promote)\b/, 'heroku'],
  [/\bargocd\s+app\s+sync\b/, 'argocd'],
  [/\bwrangler\s+(deploy|publish)\b/, 'wrangler'],
  [/\b(vercel|netlify)\b[^\n]*--prod\b/, 'vercel'],
]

const actions: readonly (readonly [RegExp, string])[] = [
  [/terraform-apply|terraform-destroy/, 'terraform'],
  [/^azure\/(k8s-deploy|webapps-deploy|aks-set-context|functions-action)/i, 'azure'],
  [/amazon-ecs-deploy-task-definition|aws-cloudformation-github-deploy/, 'aws'],
  [/google-github-actions\/deploy-/, 'gcloud'],
  [/heroku-deploy|\/deploy-to-/, 'deploy'],
]

/** Deploys or publishes by name only. */
const named =
  /(^|[\s/])(deploy|release|publish|rollout)(\.(sh|py|rb|js|ts))?(\s|$)|\bmake\s+(deploy|apply|release)\b|\b(npm|yarn|pnpm|bun)\s+(run\s+)?deploy(?![\w-]*preview)/m

const publishing =
  /\b(npm|pnpm|yarn|bun)\s+publish\b|\bgem\s+push\b|\btwine\s+upload\b|\bcargo\s+publish\b|\bdocker\s+push\b|\bdocker\s+(?:buildx\s+)?build\b[^\n]*(?:--push\b|\bpush=true\b|\btype=registry\b)|\baws\s+s3\s+(sync|cp)\b|\bpublish-cdn\b|\b(npm|yarn|pnpm|bun)\s+run\s+(publish|release|deploy)|\bgh\s+release\s+create\b|\bpoetry\s+publish\b|\bgoreleaser\b/

/** What a step changes outside the pipeline; undefined when nothing is known. Dry runs change nothing. */
export function effectOf(script: string, uses: string): Effect | undefined {
  const text = script.replace(/^\s*#.*$/gm, '').replace(/\\\n\s*/g, ' ')
  for (const line of text.split('\n')) {
    if (/--dry-run(?!=none)|\s--check\b|--help\b|\becho\b/.test(line)) continue
    for (const [pattern, tool] of commands) if (pattern.test(line)) return { tool, certain: true }
  }
  for (const [pattern, tool] of actions) if (pattern.test(uses)) return { tool, certain: true }
  return named.test(text) ? { tool: 'script', certain: false } : undefined
}

/** Puts something out for others: a package, an image, files. */
export function publishes(script: string, uses: string): boolean {
  return (
    publishing.test(script.replace(/^\s*#.*$/gm, '').replace(/\\\n\s*/g, ' ')) ||
    /npm-publish|pypi-publish|action-gh-release|goreleaser/.test(uses)
  )
}

const executing =
  /(^|[\s;&|(])(npm|npx|yarn|pnpm|bun|bunx|pip3?|poetry|uv|pipenv|bundle|rake|make|cargo|go\s+(build|test|run|generate|install|vet)|node|deno|tsx|python3?|ruby|bash|sh|source|pytest|tox|gradle|mvn|docker\s+(build|compose)|docker-compose|composer|php|dotnet|mix|cmake|rspec|jest|pre-commit|terraform|ansible-playbook)\s|(^|[\s;&|(])\.{1,2}\/[\w.-]/m

/** The first line that runs code of the checkout; '' when none does. */
export function executes(script: string, uses: string): string {
  if (uses.startsWith('./')) return uses
  const lines = script.replace(/^\s*#.*$/gm, '').split('\n')
  return (lines.find(line => executing.test(`${line} `) && !/^\s*(echo|printf|git|gh)\b/.test(line)) ?? '').trim()
}
