import type { MemoryFile } from '../change/memory.ts'

/** The pull request of `premortem demo`: changes of the kind that real post-mortems were written about. */
export const storyFiles: readonly MemoryFile[] = [
  {
    // A migration locked a table of hundreds of millions of rows for three hours.
    path: 'db/migrate/20261117093000_index_vulnerabilities_on_priority.rb',
    head: `class IndexVulnerabilitiesOnPriority < ActiveRecord::Migration[7.1]
  def change
    add_index :vulnerabilities, :priority
  end
end
`,
  },
  {
    // A cron string without quotes stopped the background workers.
    path: 'config/schedule.yml',
    base: `weekly_digest:
  cron: "0 8 * * 1"
  class: WeeklyDigestWorker
`,
    head: `weekly_digest:
  cron: "0 8 * * 1"
  class: WeeklyDigestWorker

sync_scores:
  cron: */5 * * * *
  class: SyncScoresWorker
`,
  },
  {
    // A job that was meant to run once a night ran sixty times.
    path: '.github/workflows/nightly.yml',
    base: `name: nightly
on:
  schedule:
    - cron: "0 3 * * *"
jobs:
  report:
    runs-on: ubuntu-24.04
    steps:
      - run: bin/send-reports
`,
    head: `name: nightly
on:
  schedule:
    - cron: "* 3 * * *"
jobs:
  report:
    runs-on: ubuntu-24.04
    steps:
      - run: bin/send-reports
`,
  },
  {
    // An initializer changed a config variable on boot, which restarted the application, which booted …
    path: 'config/initializers/release.rb',
    head: `require "platform-api"

heroku = PlatformAPI.connect_oauth(ENV.fetch("HEROKU_TOKEN"))
heroku.config_var.update("shop-production", "RELEASED_AT" => Time.now.iso8601)
`,
  },
  {
    // A fleet lost most of its hosts in one step; without a readiness probe traffic reached pods that were not ready.
    path: 'k8s/production/web.yml',
    base: deployment(30, `          readinessProbe:\n            httpGet: { path: /ready, port: 8080 }\n`),
    head: deployment(3, ''),
  },
  {
    // A FLUSHDB at noon.
    path: 'lib/tasks/cache.rake',
    base: `namespace :cache do
end
`,
    head: `namespace :cache do
  desc "Fix stale scores"
  task rebuild: :environment do
    Redis.current.flushdb
  end
end
`,
  },
  {
    // A database that nothing kept from being deleted.
    path: 'terraform/production/database.tf',
    base: database(true),
    head: database(false),
  },
]

/** What the team of the demo has told premortem. */
export const storySettings: Readonly<Record<string, string>> = {
  'premortem.yml': `databases:
  - engine: postgres
    version: "15"
window:
  timezone: America/New_York
  hours: "09:00-15:30"
`,
  '.premortem/tables.yml': `tables:
  vulnerabilities: { rows: 410000000, bytes: 190000000000, writesPerSecond: 900 }
`,
}

/** A merge at half past five. */
export const storyTime = '2026-11-18T17:30:00-05:00'

function deployment(replicas: number, probe: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example/shop/web:1.42.0
${probe}`
}

function database(protection: boolean): string {
  return `resource "aws_db_instance" "orders" {
  identifier          = "orders"
  engine              = "postgres"
  instance_class      = "db.r6g.4xlarge"
  deletion_protection = ${protection}
}
`
}
