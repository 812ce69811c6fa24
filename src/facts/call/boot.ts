import type { Artifact } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'

/** Why a file or command runs when a process starts. */
export interface Boot {
  readonly place: string
  /** Once per deploy, not once per process. */
  readonly releasePhase: boolean
}

/** Process types that a platform or a person starts once, not with every deploy or scale-up. */
export const runsOnce = /^(release|migrate|migrations?|postdeploy|setup|seed|console|rake|init)$/

const each = (place: string): Boot => ({ place, releasePhase: false })

/** Files that frameworks and container images run at start, by convention. */
const conventions: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)config\/initializers\/.+\.rb$/, 'Rails initializer'],
  [/(^|\/)config\/(application|environment|boot)\.rb$|(^|\/)config\/environments\/[^/]+\.rb$/, 'Rails configuration'],
  [/(^|\/)config\/(puma|unicorn)(\/[^/]+)?\.rb$|(^|\/)(puma|unicorn)\.rb$/, 'web server configuration'],
  [/(^|\/)config\.ru$/, 'Rack start file'],
  [/(^|\/)settings\.py$|(^|\/)settings\/[^/]+\.py$/, 'Django settings'],
  [/(^|\/)(wsgi|asgi)\.py$/, 'WSGI entry point'],
  [/(^|\/)gunicorn([._-][\w-]+)*\.py$/, 'gunicorn configuration'],
  [/(^|\/)instrumentation\.(ts|js|mjs)$/, 'Next.js instrumentation hook'],
  [/(^|\/)(docker-)?entrypoint([._-][^/]+)?$|(^|\/)(docker-)?entrypoint\.d\/[^/]+$/, 'Docker entrypoint script'],
  [
    /(^|\/)(docker|bin|scripts?)\/(start|boot)([_-]?(web|server|app|prod|production|container))?(\.(sh|js|py|rb))?$/,
    'start script',
  ],
  [
    /(^|\/)(user[-_]?data|cloud[-_]init|bootstrap[-_]instance)[^/]*\.(sh|bash|py)$|(^|\/)user[-_]?data$/,
    'instance user data',
  ],
]

const nodeEntry =
  /^((src|app|server|apps\/[^/]+(\/src)?|packages\/[^/]+(\/src)?|services\/[^/]+(\/src)?)\/)?(server|index|app|main|start|bootstrap)\.(js|mjs|cjs|ts|mts)$/
const pythonApp = /^(([\w-]+|src\/[\w-]+|services\/[\w-]+)\/)?(main|app|__main__)\.py$/

/** Does the whole file run when a process starts? `tree` is head. */
export async function bootOf(artifact: Artifact, tree: Tree): Promise<Boot | undefined> {
  const { path } = artifact
  const text = artifact.head?.text ?? ''
  if (await isAction(path, tree)) return undefined
  for (const [pattern, place] of conventions) if (pattern.test(path)) return each(place)
  if (/(^|\/)apps\.py$/.test(path)) return each('Django AppConfig')
  if (
    nodeEntry.test(path) &&
    /\.listen\(|createServer|NestFactory|fastify|express\(|new Hono|Bun\.serve|Deno\.serve|new Koa/.test(text)
  )
    return each('Node entry point')
  if (pythonApp.test(path) && /\b(Flask|FastAPI|Starlette|Sanic|Quart|Litestar)\(/.test(text))
    return each('Python entry point')
  if (artifact.kind === 'entrypoint-script') return each('Docker entrypoint script')
  return startedFiles(tree).then(files => files.get(path))
}

/** The entrypoint of a GitHub Action runs in other people's pipelines, as a step of a deploy. */
async function isAction(path: string, tree: Tree): Promise<boolean> {
  if (!/entrypoint|(^|\/)(index|main)\.[cm]?[jt]s$/.test(path)) return false
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return (
    (await tree.read(`${folder}action.yml`)) !== undefined || (await tree.read(`${folder}action.yaml`)) !== undefined
  )
}

const kept = new WeakMap<Tree, Promise<ReadonlyMap<string, Boot>>>()

/** Files named in the repository's own start commands: Procfile, Dockerfile, package.json. */
function startedFiles(tree: Tree): Promise<ReadonlyMap<string, Boot>> {
  const known = kept.get(tree) ?? findStarted(tree)
  kept.set(tree, known)
  return known
}

const startFiles =
  /(^|\/)(Procfile|Dockerfile|Containerfile|package\.json)$|(^|\/)Dockerfile\.(prod|production|web|app|server)$/
/** Start files looked at: nearest to the root first. */
const most = 40

async function findStarted(tree: Tree): Promise<ReadonlyMap<string, Boot>> {
  const paths = await tree.list()
  const all = new Set(paths)
  const depth = (path: string): number => path.split('/').length
  const near = paths
    .filter(
      path => startFiles.test(path) && depth(path) <= 4 && !/(^|\/)(node_modules|vendor|tests?|examples?)\//.test(path),
    )
    .sort((a, b) => depth(a) - depth(b))
    .slice(0, most)
  const started = new Map<string, Boot>()
  for (const path of near) {
    const text = (await tree.read(path)) ?? ''
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
    for (const { command, boot } of startCommands(path, text.slice(0, 100_000))) {
      for (const word of command.split(/[\s"',[\]]+/)) {
        const file = resolveWord(word, folder, all)
        if (file !== undefined && !started.has(file)) started.set(file, boot)
      }
    }
  }
  return started
}

function startCommands(path: string, text: string): readonly { command: string; boot: Boot }[] {
  if (path.endsWith('package.json')) {
    const named = [...text.matchAll(/"(main|start|start:prod|start:production|prestart)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)]
    // `main` of a library is not started by anything; of a service it is.
    const isService = /"(start|start:prod)"\s*:/.test(text)
    return named
      .filter(([, key]) => key !== 'main' || isService)
      .map(([, , command]) => ({ command: command ?? '', boot: each('Node entry point') }))
  }
  if (path.endsWith('Procfile')) {
    return [...text.matchAll(/^([\w-]+):\s*(.+)$/gm)].map(([, type = '', command = '']) => ({
      command,
      boot: { place: `Procfile ${type} process`, releasePhase: runsOnce.test(type) },
    }))
  }
  return [...text.matchAll(/^\s*(CMD|ENTRYPOINT)\s+((?:.*\\\r?\n)*.*)$/gm)].map(([, name = '', command = '']) => ({
    command,
    boot: each(`Dockerfile ${name}`),
  }))
}

/** `./bin/start.sh`, `/app/server.js`, `dist/server.js` → a file of the repository. */
function resolveWord(word: string, folder: string, all: ReadonlySet<string>): string | undefined {
  if (!/[\w-]+(\.\w+|\/[\w-]+)$/.test(word) || /^https?:/.test(word)) return undefined
  const path = word.replace(/^(\.\/|\/(usr\/src\/app|app|srv|code|opt\/app|usr\/local\/bin|usr\/src)\/|\/)/, '')
  const source = path.replace(/^(dist|build|lib|out)\//, 'src/').replace(/\.(js|mjs|cjs)$/, '.ts')
  const names = [path, source, source.replace(/^src\//, ''), `scripts/${path}`, `bin/${path}`, `docker/${path}`]
  for (const name of names) {
    if (all.has(folder + name)) return folder + name
    if (all.has(name)) return name
  }
  return undefined
}
