/** Files with settings that are no YAML, JSON, TOML or HCL: what the place of their values is called. First match wins. */
const formats: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)Procfile$/, 'procfile'],
  [/(^|\/)(Dockerfile|Containerfile)([.-][\w.-]+)?$|\.dockerfile$/i, 'dockerfile'],
  [
    /(^|\/)[^/]*nginx[^/]*\/.+\.(conf|inc|vhost)$|(^|\/)[^/]*nginx[^/]*\.conf([.-]\w+)?$|(^|\/)sites-(available|enabled)\/[^/]+$|(^|\/)conf\.d\/[^/]+\.conf$/,
    'nginx',
  ],
  [/(^|\/)[^/]*haproxy[^/]*\.(cfg|conf)$|(^|\/)haproxy\/.+\.cfg$/, 'haproxy'],
  [/\.(service|socket|timer|slice)$|(^|\/)systemd\/.+\.conf$|(^|\/)journald(\.conf\.d\/[^/]+)?\.conf$/, 'systemd'],
  [/\.properties$/, 'properties'],
  [/(^|\/)\.env(\.[\w-]+)?$|(^|\/)[\w.-]+\.env$/, 'env'],
  [
    /\.(ini|cnf)$|(^|\/)(my|mysqld?|redis|valkey|sentinel|rabbitmq|postgresql|pgbouncer|supervisord?|memcached|sysctl|limits|php-fpm|www|php)[\w.-]*\.(conf|cfg)$|(^|\/)(pgbouncer|supervisor|php-fpm\.d|postgres\w*|redis|valkey|mysql)\/[^/]+\.(conf|cfg)$/,
    'ini',
  ],
  [
    /(^|\/)dags\/.*\.py$|(^|\/)(config|configs|conf|settings|configuration)\/.*\.(rb|py|js|mjs|cjs|ts|mts|cts|go|exs?|php|kt|java|rs)$|(^|\/)[\w.-]*(config|settings|constants|limits|knexfile|puma|unicorn|gunicorn|options|defaults|database|pool|redis|throttl\w*|rate[-_]?limit\w*|timeouts?|retry)[\w.-]*\.(rb|py|js|mjs|cjs|ts|mts|cts|go|exs?|php|kt|java|rs)$|(^|\/)(db|knex|sequelize|data-?source|hikari)\.(rb|py|js|mjs|cjs|ts|mts|cts|go|exs?|php|kt|java|rs)$|\.(jsonnet|libsonnet)$/i,
    'code',
  ],
]

const aside =
  /(^|\/)(tests?|specs?|__tests__|fixtures?|examples?|samples?|vendor|node_modules|docs?|locales?|migrations?|db\/migrate|stories|storybook)\/|(^|[._/-])(example|sample|template|dist|tests?|spec|stories|d)(\.\w+)?$|(^|\/)[\w.-]*(eslint|prettier|jest|vitest|webpack|vite|rollup|babel|tailwind|postcss|playwright|cypress|karma|tsup|esbuild|next|nuxt|svelte|astro|stylelint|commitlint)[\w.-]*\.(config|conf|rc)[\w.-]*$/i

const templated = /(?<=\.(conf|cfg|ini|cnf|properties|service|env))\.(erb|j2|jinja2?|tpl|tmpl|epp|gotmpl|ctmpl|tftpl)$/

/** The format of a file with settings; undefined for others, and for those of tests and examples. */
export function formatOf(path: string): string | undefined {
  if (aside.test(path)) return undefined
  // A template of such a file reads like the file.
  const plain = path.replace(templated, '')
  return formats.find(([pattern]) => pattern.test(plain))?.[1]
}
