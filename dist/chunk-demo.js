import{Wt as e,g as t}from"./chunk-core.js";import{mkdirSync as n,mkdtempSync as r,writeFileSync as i}from"node:fs";import{tmpdir as a}from"node:os";import{dirname as o,join as s}from"node:path";const c=[{path:`db/migrate/20261117093000_index_vulnerabilities_on_priority.rb`,head:`class IndexVulnerabilitiesOnPriority < ActiveRecord::Migration[7.1]
  def change
    add_index :vulnerabilities, :priority
  end
end
`},{path:`config/schedule.yml`,base:`weekly_digest:
  cron: "0 8 * * 1"
  class: WeeklyDigestWorker
`,head:`weekly_digest:
  cron: "0 8 * * 1"
  class: WeeklyDigestWorker

sync_scores:
  cron: */5 * * * *
  class: SyncScoresWorker
`},{path:`.github/workflows/nightly.yml`,base:`name: nightly
on:
  schedule:
    - cron: "0 3 * * *"
jobs:
  report:
    runs-on: ubuntu-24.04
    steps:
      - run: bin/send-reports
`,head:`name: nightly
on:
  schedule:
    - cron: "* 3 * * *"
jobs:
  report:
    runs-on: ubuntu-24.04
    steps:
      - run: bin/send-reports
`},{path:`config/initializers/release.rb`,head:`require "platform-api"

heroku = PlatformAPI.connect_oauth(ENV.fetch("HEROKU_TOKEN"))
heroku.config_var.update("shop-production", "RELEASED_AT" => Time.now.iso8601)
`},{path:`k8s/production/web.yml`,base:u(30,`          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
`),head:u(3,``)},{path:`lib/tasks/cache.rake`,base:`namespace :cache do
end
`,head:`namespace :cache do
  desc "Fix stale scores"
  task rebuild: :environment do
    Redis.current.flushdb
  end
end
`},{path:`terraform/production/database.tf`,base:d(!0),head:d(!1)}],l={"premortem.yml":`databases:
  - engine: postgres
    version: "15"
window:
  timezone: America/New_York
  hours: "09:00-15:30"
`,".premortem/tables.yml":`tables:
  vulnerabilities: { rows: 410000000, bytes: 190000000000, writesPerSecond: 900 }
`};function u(e,t){return`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${e}
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example/shop/web:1.42.0
${t}`}function d(e){return`resource "aws_db_instance" "orders" {
  identifier          = "orders"
  engine              = "postgres"
  instance_class      = "db.r6g.4xlarge"
  deletion_protection = ${e}
}
`}async function f(n,i){let o=r(s(a(),`premortem-demo-`)),u=[`-c`,`user.name=premortem`,`-c`,`user.email=demo@premortem.invalid`,`-c`,`commit.gpgsign=false`,`-c`,`core.autocrlf=false`,`-c`,`core.hooksPath=/dev/null`];i.err(`A small repository with changes of the kind that post-mortems get written about:\n  ${o}\n\n`);let d=await e(o);for(let[e,t]of Object.entries(l))p(o,e,t);for(let{path:e,base:t}of c)t!==void 0&&p(o,e,t);await d.run([`add`,`-A`,`-f`]),await d.run([...u,`commit`,`-q`,`-m`,`What runs in production`]),await d.run([`checkout`,`-q`,`-b`,`friday`]);for(let{path:e,head:t}of c)t!==void 0&&p(o,e,t);return await d.run([`add`,`-A`,`-f`]),await d.run([...u,`commit`,`-q`,`-m`,`A pull request`]),t({...n,repo:o,base:`main`,head:`friday`,now:n.now??`2026-11-18T17:30:00-05:00`,"fail-on":n[`fail-on`]??`never`},i)}function p(e,t,r){let a=s(e,t);n(o(a),{recursive:!0}),i(a,r)}export{f as runDemo};