import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractSchedules } from '../../../src/facts/schedule/extract.ts'
import type { ScheduleFact } from '../../../src/facts/schedule/index.ts'
import { scheduleKind } from '../../../src/facts/schedule/index.ts'

const now = new Date('2026-11-17T10:05:00Z')

async function schedulesOf(files: readonly MemoryFile[], settings?: unknown): Promise<readonly ScheduleFact[]> {
  const config = await loadConfig(async path =>
    path === 'premortem.yml' && settings !== undefined ? JSON.stringify(settings) : undefined,
  )
  const change = changeInMemory({ files })
  const { artifacts } = await loadArtifacts(change, config)
  const wanted = artifacts.filter(artifact => scheduleKind.wants(artifact))
  const { facts } = await extractSchedules({ change, artifacts, config, now }, wanted)
  return facts as readonly ScheduleFact[]
}

async function expressionsIn(path: string, head: string): Promise<readonly string[]> {
  return (await schedulesOf([{ path, head }])).map(fact => `${fact.dialect}: ${fact.expression}`)
}

describe('places', () => {
  it('reads sidekiq, resque and solid_queue files under environments, wrappers and lists', async () => {
    expect(
      await expressionsIn(
        'config/sidekiq.yml',
        ':concurrency: 5\n:scheduler:\n  :schedule:\n    a:\n      cron: ["0 1 * * *", {first_in: 1m}]\n',
      ),
    ).toEqual(['fugit: 0 1 * * *'])
    expect(
      await expressionsIn(
        'config/recurring.yml',
        'production:\n  clean: { class: Clean, schedule: every hour at minute 12 }\n',
      ),
    ).toEqual(['fugit: every hour at minute 12'])
    expect(
      await expressionsIn('config/resque_schedule.yml', 'stats:\n  every: [5m, { first_in: 1m }]\n  class: Stats\n'),
    ).toEqual(['fugit: 5m'])
    expect(await expressionsIn('config/schedule.yml', '- name: a\n  cron: "0 1 * * *"\n  class: A\n')).toEqual([
      'fugit: 0 1 * * *',
    ])
  })

  it('reads an entry once when an alias brings it into several environments', async () => {
    const head = 'default: &default\n  a: { cron: "0 1 * * *", class: A }\nproduction: *default\nstaging: *default\n'
    expect(await expressionsIn('config/schedule.yml', head)).toEqual(['fugit: 0 1 * * *'])
  })

  it('reads CronJobs in lists, Argo workflows, and charts in a HelmRelease', async () => {
    expect(
      await expressionsIn(
        'k8s/a.yml',
        'apiVersion: v1\nkind: List\nitems:\n- apiVersion: batch/v1\n  kind: CronJob\n  spec: { schedule: "@daily" }\n',
      ),
    ).toEqual(['kubernetes: @daily'])
    expect(
      await expressionsIn(
        'k8s/b.yml',
        'apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec:\n  schedules: ["0 1 * * *", "0 2 * * *"]\n',
      ),
    ).toEqual(['robfig: 0 1 * * *', 'robfig: 0 2 * * *'])
    expect(
      await expressionsIn(
        'k8s/c.yml',
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: x }\nspec:\n  values:\n    cronjob: { schedule: "0 1 * * *" }\n',
      ),
    ).toEqual(['kubernetes: 0 1 * * *'])
  })

  it('reads crontabs with users, variables and macros', async () => {
    const facts = await schedulesOf([
      {
        path: 'etc/cron.d/app',
        head: 'MAILTO=ops\nCRON_TZ=Europe/Paris\n# note\n@daily root /opt/clean\n5 4 * * * root /opt/run --all\n@reboot root /opt/boot\n',
      },
    ])
    expect(facts.map(fact => [fact.expression, fact.name, fact.zone])).toEqual([
      ['@daily', 'clean', 'Europe/Paris'],
      ['5 4 * * *', 'run', 'Europe/Paris'],
      ['@reboot', 'boot', 'Europe/Paris'],
    ])
  })

  it('reads Terraform, Celery and Ruby calls', async () => {
    expect(
      await expressionsIn('a.tf', 'resource "google_cloud_scheduler_job" "a" {\n  schedule = "0 1 * * *"\n}\n'),
    ).toEqual(['gcp: 0 1 * * *'])
    expect(
      await expressionsIn(
        'app/celery.py',
        'from celery.schedules import crontab\nX = {"a": {"schedule": crontab(0, "*/6")}}\nY = crontab(hour=HOUR)\n',
      ),
    ).toEqual(['celery: crontab(0, "*/6")'])
    expect(
      await expressionsIn(
        'config/initializers/good_job.rb',
        "config.good_job.cron = {\n  purge: {\n    cron: '0 4 * * *', class: 'Purge'\n  }\n}\n",
      ),
    ).toEqual(['fugit: 0 4 * * *'])
    expect(
      await expressionsIn(
        'config/initializers/sidekiq.rb',
        "Sidekiq.configure_server { |c| c.periodic { |mgr| mgr.register('1 31 * * *', 'Job') } }\n",
      ),
    ).toEqual(['fugit: 1 31 * * *'])
  })

  it('reads files that the configuration names, in the dialect it names', async () => {
    const facts = await schedulesOf([{ path: 'conf/jobs.yml', head: 'report:\n  cron: "0 0 3 * * ?"\n' }], {
      schedules: [{ paths: ['conf/*.yml'], dialect: 'quartz' }],
    })
    expect(facts.map(fact => [fact.dialect, fact.valid, fact.runsPerWeek])).toEqual([['quartz', true, 7]])
  })
})

describe('base and head', () => {
  const a = 'a: { cron: "0 1 * * *", class: A }\n'
  const b = 'b: { cron: "0 2 * * *", class: B }\n'

  it('gives no fact for what stays, whatever its place', async () => {
    expect(await schedulesOf([{ path: 'config/schedule.yml', base: a + b, head: `# jobs\n${b}${a}` }])).toEqual([])
    expect(
      await schedulesOf([{ path: 'config/schedule.yml', base: a, head: a.replace('"', "'").replace('"', "'") }]),
    ).toEqual([])
  })

  it('pairs by name and tells the old frequency', async () => {
    const [fact] = await schedulesOf([
      { path: 'config/schedule.yml', base: a + b, head: a + b.replace('0 2', '*/5 *') },
    ])
    expect([fact?.status, fact?.baseExpression, fact?.baseRunsPerWeek, fact?.runsPerWeek, fact?.timesAsOften]).toEqual([
      'altered',
      '0 2 * * *',
      7,
      2016,
      288,
    ])
  })

  it('takes a template at head neither for a schedule nor for a removal', async () => {
    expect(
      await schedulesOf([{ path: 'config/schedule.yml', base: a, head: a.replace('0 1 * * *', "<%= ENV['CRON'] %>") }]),
    ).toEqual([])
    expect(
      await schedulesOf([
        {
          path: 'a.tf',
          base: 'resource "aws_cloudwatch_event_rule" "a" {\n  schedule_expression = "rate(1 hour)"\n}\n',
          head: 'resource "aws_cloudwatch_event_rule" "a" {\n  schedule_expression = var.rate\n}\n',
        },
      ]),
    ).toEqual([])
  })

  it('leaves files that do not parse to the syntax facts', async () => {
    expect(await schedulesOf([{ path: 'config/schedule.yml', base: a, head: 'a:\n  cron: * * * * *\n' }])).toEqual([])
  })

  it('points at the faulty field', async () => {
    const [fact] = await schedulesOf([
      { path: 'config/schedule.yml', head: 'job:\n  cron: "1 31 * * *"\n  class: A\n' },
    ])
    expect(fact?.span).toEqual({ line: 2, column: 12, endLine: 2, endColumn: 14 })
    expect(fact?.suggestion).toBe('31 1 * * *')
  })
})

describe('hostile input', () => {
  const paths = [
    'config/schedule.yml',
    '.github/workflows/x.yml',
    'k8s/cronjob.yaml',
    'etc/cron.d/app',
    'a.tf',
    'celery.py',
    'config/initializers/sidekiq.rb',
    'charts/values.yaml',
  ]

  it.each([
    ['empty', ''],
    ['binary', '\u0000\u0001\u0002cron: \uFFFF'],
    ['aliases to themselves', 'a: &a\n  cron: *a\n  schedule: *a\n'],
    ['deep nesting', `apiVersion: v1\nkind: CronJob\n${'['.repeat(3000)}`],
    ['deep maps', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}k:`).join('\n')],
    ['long lines', `* * * * * ${'a '.repeat(50_000)}`],
    ['truncated', 'on:\n  schedule:\n    - cron: "0 1 *'],
    ['wrong types', 'on: [schedule]\nspec: 3\njob: [cron]\nkind: CronJob\napiVersion: 1\n'],
  ])('%s', async (_, head) => {
    for (const path of paths) expect(Array.isArray(await schedulesOf([{ path, head }]))).toBe(true)
  })

  it('random expressions in every place', async () => {
    const field = fc.oneof(
      fc.constantFrom(
        '*',
        '?',
        'L',
        'H',
        '*/0',
        '1-',
        '-1',
        '99999999999',
        'MON#9',
        '5-1',
        '*/',
        ',',
        '@every',
        '%',
        '1/1/1',
      ),
      fc.string({ maxLength: 8 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 8 }), async fields => {
        const text = JSON.stringify(fields.join(' '))
        await schedulesOf([
          { path: 'config/schedule.yml', head: `job:\n  cron: ${text}\n  class: A\n` },
          {
            path: 'k8s/a.yml',
            head: `apiVersion: batch/v1\nkind: CronJob\nspec:\n  schedule: ${text}\n  timeZone: ${text}\n`,
          },
          { path: 'ops/crontab', head: `${fields.join(' ')} cmd\n` },
          { path: 'a.tf', head: `schedule_expression = ${text}\n` },
        ])
      }),
      { numRuns: 150 },
    )
  })
})
