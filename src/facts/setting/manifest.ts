import { indexLines, lineSpan } from '../../text/lines.ts'
import type { Setting } from './read.ts'

/** Libraries of which a program uses one for a basic job. Changing to another changes how everything behaves. */
const jobs: Readonly<Record<string, readonly string[]>> = {
  'asset pipeline': ['sprockets', 'sprockets-rails', 'propshaft', 'webpacker', 'shakapacker', 'vite_rails'],
  'web server': [
    ...['puma', 'unicorn', 'thin', 'falcon', 'passenger', 'webrick', 'pitchfork'],
    ...['gunicorn', 'uwsgi', 'uvicorn', 'hypercorn', 'waitress', 'daphne', 'granian'],
  ],
  'background worker': [
    ...['sidekiq', 'resque', 'delayed_job', 'delayed_job_active_record', 'good_job', 'solid_queue', 'que', 'shoryuken'],
    ...['celery', 'rq', 'dramatiq', 'huey', 'django-q', 'bull', 'bullmq', 'bee-queue', 'agenda'],
  ],
  'database driver': [
    'mysql2',
    'trilogy',
    'mysqlclient',
    'pymysql',
    'psycopg2',
    'psycopg2-binary',
    'psycopg',
    'asyncpg',
  ],
  'session store': [
    'activerecord-session_store',
    'redis-session-store',
    'redis-actionpack',
    'connect-redis',
    'connect-mongo',
  ],
  'cache client': ['dalli', 'redis-rails', 'python-memcached', 'pylibmc', 'pymemcache', 'django-redis'],
}

const jobOf: ReadonlyMap<string, string> = new Map(
  Object.entries(jobs).flatMap(([job, names]) => names.map((name): [string, string] => [name, job])),
)

/** The libraries of a manifest that do one of the basic jobs. */
export function manifestSettings(path: string, text: string): readonly Setting[] {
  const lines = indexLines(text)
  return text.split('\n').flatMap((line, at) => {
    const name = nameIn(path, line)
    const job = jobOf.get(name)
    if (job === undefined) return []
    return [{ program: 'manifest', name: job, within: '', value: name, span: lineSpan(lines, at + 1) }]
  })
}

function nameIn(path: string, line: string): string {
  if (path.endsWith('Gemfile')) return /^\s*gem\s*\(?\s*["']([\w-]+)["']/.exec(line)?.[1] ?? ''
  if (path.endsWith('package.json')) return /^\s*"([@\w/.-]+)"\s*:\s*"[\^~>=<*\d]/.exec(line)?.[1] ?? ''
  return (/^\s*["']?([A-Za-z][\w.-]*)(?:\[[\w,-]*\])?\s*(?:[=<>~!;"',]|$)/.exec(line)?.[1] ?? '').toLowerCase()
}
