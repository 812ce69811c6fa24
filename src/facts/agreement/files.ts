import { environmentOf, roleOf } from '../../artifact/classify.ts'

const template = /\.(j2|jinja2?|erb|tpl|tmpl|epp)$/i

/** Configuration of servers and of what starts them, also as templates. */
const configuration =
  /\.(ya?ml|json|toml|tf|tfvars|hcl|env|properties|ini|conf|cnf|cfg|sls|pp|service|socket|timer|path|vcl|sh)$|(^|\/)(Dockerfile|Containerfile|Procfile|Caddyfile|supervisord?|Vagrantfile)[\w.-]*$|(^|\/)\.env[\w.-]*$|(^|\/)(nginx|apache2?|httpd|haproxy|systemd|supervisor|sites-(available|enabled)|conf\.d)\/[^.]+$|(^|\/)(config|conf|deploy|etc)\/([^/]+\/)*(puma|unicorn|gunicorn|deploy|production)[^/]*\.(rb|py)$/i
const aside =
  /(^|\/)(package(-lock)?\.json|tsconfig[^/]*\.json|composer\.json|renovate\.json|mkdocs\.ya?ml|\.[\w-]+rc(\.\w+)?|openapi[^/]*|swagger[^/]*)$|(^|\/)\.(github|gitlab|circleci|vscode|devcontainer|idea)\/|(^|\/)(locales?|i18n|translations?|schemas?|crds?|dashboards?)\//i

/** Does a file take part in running systems, so that others have to agree with it? */
export function agrees(path: string): boolean {
  const plain = path.replace(template, '')
  return configuration.test(plain) && !aside.test(plain) && roleOf(plain) === 'live'
}

/** Two files of one environment: those of several environments change one after the other on purpose. */
export function arePeers(one: string, other: string): boolean {
  return environmentOf(one) === environmentOf(other)
}

/** Parallel files, such as the same one for several hosts or regions, are copies of each other and not two ends. */
export function areCopies(one: string, other: string): boolean {
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  return one !== other && name(one) === name(other)
}
