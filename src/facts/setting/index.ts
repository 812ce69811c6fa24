import type { Artifact } from '../../artifact/types.ts'
import { flag, number, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { isSettingPath } from './paths.ts'

export const settingFields = {
  program: word(
    ['rails', 'django', 'nginx', 'ini', 'dotenv', 'elixir', 'manifest'],
    'Whose setting it is. `manifest`: a library that does a basic job, named in a Gemfile, package.json, requirements.txt or pyproject.toml.',
  ),
  name: text(
    'Name of the setting: `config.hosts`, `ALLOWED_HOSTS`, `limit_req`, `server:main.use`, `CELERY_POOL`; for a manifest the job, such as `asset pipeline`; for Elixir the environment variable that is read.',
  ),
  within: text('Block around it: `http server location /api`; empty elsewhere.'),
  change: word(['added', 'removed', 'changed'], 'What the change does to it.'),
  base: text('Value before, as written, at most 200 characters; empty when it was not set.'),
  head: text('Value after, as written, at most 200 characters; empty when it is not set.'),
  others: number('How often the file sets the same name elsewhere at base.'),
  beside: number('How many settings of this name the same block had at base, this one not counted.'),
  neighbours: texts('Names of the other settings of the same block after the change; nginx only.'),
  building: flag('Evaluated while the program is built or compiled, not when it starts.'),
}

/** A setting in the own language of a program, at base and at head. */
export type SettingFact = FactOf<'setting', typeof settingFields>

export const settingKind = {
  name: 'setting',
  doc: 'A setting in the own language of a program (Rails, Django, nginx, INI, .env, Elixir), or the library that does a basic job.',
  fields: settingFields,
  wants: (_: Artifact) => false,
  concerns: changed => changed.some(path => isSettingPath(path)),
  load: async () => (await import('./extract.ts')).extractSettings,
} satisfies FactKind
