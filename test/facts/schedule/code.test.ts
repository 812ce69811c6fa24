import { describe, expect, it } from 'vitest'
import { scheduleKind } from '../../../src/facts/schedule/index.ts'
import { factsOf, hostile } from '../read.ts'

async function told(path: string, head: string): Promise<readonly string[]> {
  const { facts } = await factsOf(scheduleKind, [{ path, head }])
  return facts.map(fact =>
    fact.kind === 'schedule' && 'dialect' in fact && 'expression' in fact && 'reading' in fact && 'name' in fact
      ? `${fact.dialect} ${fact.name}: ${fact.expression} (${fact.reading})`
      : '',
  )
}

/** Where a schedule lives, what stands there, and what is read. */
const places: readonly (readonly [string, string, string, string])[] = [
  [
    'Spring',
    'src/Job.java',
    '@Scheduled(cron = "0 0 3 * * *", zone = "UTC")\npublic void clean() {}\n',
    'spring clean: 0 0 3 * * *',
  ],
  [
    'Quarkus',
    'src/Job.java',
    'import io.quarkus.scheduler.Scheduled;\n@Scheduled(cron = "0 0 3 * * ?")\nvoid clean() {}\n',
    'quartz clean: 0 0 3 * * ?',
  ],
  [
    'Quartz',
    'src/Jobs.kt',
    'import org.quartz.*\nval t = cronSchedule("0 0 3 * * ?")\n',
    'quartz this job: 0 0 3 * * ?',
  ],
  [
    'Spring settings',
    'src/main/resources/application.yml',
    'app:\n  cleanup:\n    cron: "0 0 3 * * *"\n',
    'spring cleanup: 0 0 3 * * *',
  ],
  [
    'Spring properties',
    'src/main/resources/application-prod.properties',
    'app.cleanup.cron=0 0 3 * * *\n',
    'spring cleanup: 0 0 3 * * *',
  ],
  ['Cloudflare', 'wrangler.toml', '[triggers]\ncrons = ["0 3 * * *"]\n', 'cloudflare wrangler.toml: 0 3 * * *'],
  ['Netlify', 'netlify.toml', '[functions."report"]\nschedule = "@daily"\n', 'unknown report: @daily'],
  [
    'Netlify in code',
    'netlify/functions/a.mts',
    'export const config: Config = {\n  schedule: "@hourly"\n}\n',
    'unknown this job: @hourly',
  ],
  [
    'BullMQ',
    'src/q.ts',
    'import { Queue } from "bullmq"\nawait queue.upsertJobScheduler("digest", { pattern: "0 3 * * *" })\n',
    'unknown this job: 0 3 * * *',
  ],
  [
    'Airflow',
    'dags/a.py',
    'from airflow import DAG\ndag = DAG("sales", schedule_interval="0 3 * * *")\n',
    'croniter this job: 0 3 * * *',
  ],
  [
    'APScheduler',
    'app/jobs.py',
    'from apscheduler.triggers.cron import CronTrigger\nscheduler.add_job(clean, CronTrigger(hour=3))\n',
    'apscheduler this job: CronTrigger(hour=3)',
  ],
  [
    'whenever',
    'config/schedule.rb',
    "every 1.day, at: '4:30 am' do\n  rake 'db:clean'\nend\n",
    'vixie db:clean: 1.day',
  ],
  [
    'Laravel',
    'app/Console/Kernel.php',
    "<?php\n$schedule->command('mail:send')->dailyAt('13:30');\n",
    "laravel mail:send: dailyAt('13:30')",
  ],
  [
    'Laravel cron',
    'routes/console.php',
    "<?php\nuse Illuminate\\Support\\Facades\\Schedule;\nSchedule::command('mail:send')->cron('0 3 * * *');\n",
    'laravel this job: 0 3 * * *',
  ],
  [
    'Oban',
    'config/config.exs',
    'config :app, Oban, plugins: [{Oban.Plugins.Cron, crontab: [{"0 3 * * *", App.Clean}]}]\n',
    'oban App.Clean: 0 3 * * *',
  ],
  ['Jenkins', 'Jenkinsfile', "pipeline {\n  triggers { cron('H 3 * * *') }\n}\n", 'jenkins this job: H 3 * * *'],
  ['systemd', 'deploy/clean.timer', '[Timer]\nOnCalendar=*-*-* 03:00:00\n', 'systemd clean.timer: *-*-* 03:00:00'],
  [
    'Ofelia',
    'docker-compose.yml',
    'services:\n  db:\n    image: db\n    labels:\n      ofelia.job-exec.backup.schedule: "@daily"\n',
    'unknown backup: @daily',
  ],
  [
    'Go',
    'cmd/main.go',
    'import "github.com/robfig/cron/v3"\nfunc main() { c.AddFunc("0 3 * * *", Clean) }\n',
    'robfig Clean: 0 3 * * *',
  ],
  [
    'pg_cron',
    'db/migrations/1_cron.sql',
    "SELECT cron.schedule('clean', '0 3 * * *', $$DELETE FROM a$$);\n",
    'unknown clean: 0 3 * * *',
  ],
  [
    'Azure Functions',
    'Clean/function.json',
    '{ "bindings": [ { "name": "t", "type": "timerTrigger", "schedule": "0 0 3 * * *" } ] }\n',
    'azure-functions t: 0 0 3 * * *',
  ],
  [
    'serverless',
    'serverless.yml',
    'functions:\n  clean:\n    events:\n      - schedule:\n          rate: cron(0 3 * * ? *)\n',
    'aws events: cron(0 3 * * ? *)',
  ],
  [
    'Quartz.NET',
    'src/Jobs.cs',
    'using Quartz;\nvar t = b.WithCronSchedule("0 0 3 * * ?");\n',
    'quartz this job: 0 0 3 * * ?',
  ],
]

describe('places in code and settings', () => {
  it.each(places)('%s', async (_, path, head, wanted) => {
    const [first, ...more] = await told(path, head)
    expect(more).toEqual([])
    expect(first).toContain(wanted)
    expect(first).toMatch(/(03:00|04:30|13:30|00:00|every hour|hour)/i)
  })
})

describe('frameworks with words of their own', () => {
  it('reads what APScheduler leaves out: below the smallest field the least, above it every', async () => {
    const head = (call: string) =>
      `from apscheduler.schedulers.background import BackgroundScheduler\nsched.add_job(f, 'cron', ${call})\n`
    expect(await told('a.py', head("day_of_week='mon', hour=3"))).toEqual([expect.stringContaining('03:00')])
    expect(await told('a.py', head('minute=5'))).toEqual([expect.stringMatching(/5/)])
    const { facts } = await factsOf(scheduleKind, [{ path: 'a.py', head: head("hour='*'") }])
    expect(facts).toMatchObject([{ runsPerWeek: 168 }])
  })

  it('reads chains of Laravel and times of whenever', async () => {
    const php = (chain: string) => `<?php\n$schedule->job(new Sync)->${chain};\n`
    expect(await told('app/Console/Kernel.php', php("weekdays()->daily()->at('08:00')"))).toEqual([
      expect.stringContaining('08:00'),
    ])
    const { facts } = await factsOf(scheduleKind, [
      { path: 'app/Console/Kernel.php', base: php('daily()'), head: php('everyMinute()') },
    ])
    expect(facts).toMatchObject([{ baseRunsPerWeek: 7, runsPerWeek: 10_080 }])
    expect(await told('config/schedule.rb', "every :hour do\n  runner 'A.b'\nend\n")).toEqual([
      expect.stringContaining('vixie A.b: :hour'),
    ])
    expect(await told('config/schedule.rb', "every 1.day, at: ['1:00', '2:00'] do\n  runner 'A.b'\nend\n")).toEqual([])
  })

  it('reads the lines of a Jenkinsfile, and leaves zones and comments', async () => {
    const head = "pipeline {\n  triggers {\n    cron('''TZ=Europe/Berlin\n    H 3 * * *\n    99 * * * *''')\n  }\n}\n"
    const { facts } = await factsOf(scheduleKind, [{ path: 'Jenkinsfile', head }])
    expect(facts).toMatchObject([
      { expression: 'H 3 * * *', valid: true, span: { line: 4 } },
      { expression: '99 * * * *', valid: false, span: { line: 5 } },
    ])
  })

  it('ends on whatever it is given', async () => {
    for (const head of [
      ...hostile,
      'cron.schedule('.repeat(3000),
      '@Scheduled('.repeat(3000),
      '$schedule->job('.repeat(3000),
    ])
      for (const path of [
        'a.py',
        'A.java',
        'config/schedule.rb',
        'a.php',
        'Jenkinsfile',
        'a.timer',
        'config/a.exs',
        'a.go',
        'a.sql',
      ])
        expect((await factsOf(scheduleKind, [{ path, head: `schedule cron\n${head}` }])).facts.length).toBeLessThan(50)
  })
})
