import { describe, expect, test } from 'vitest'
import { callNamed, callsIn, callsOf } from './read.ts'

describe('boot', () => {
  test('a Rails initializer runs its top level, its hooks and the methods it calls, not other methods', async () => {
    const calls = await callsIn(
      'config/initializers/heroku.rb',
      `
require 'net/http'
Rails.application.config.after_initialize do
  in_hook
end
module Sync
  def self.run!
    push(1)
  end
  def self.push(n) = in_method(n)
  def self.never
    not_run(2)
  end
end
Sync.run! if Rails.env.production?
ActiveSupport::Notifications.subscribe('x') { |e| later(e) }
heroku.config_var.update('app', { 'A' => 'b' })
`,
    )
    const boot = Object.fromEntries(calls.map(call => [call.name, call.atBoot]))
    expect(boot).toMatchObject({
      'run!': true,
      push: true,
      in_method: true,
      not_run: false,
      later: false,
      update: true,
    })
    expect(calls.find(call => call.name === 'update')?.changes).toBe('Heroku config vars')
  })

  test('Net::HTTP with the address in a variable', async () => {
    const calls = await callsIn(
      'config/initializers/heroku.rb',
      `
uri = URI("https://api.heroku.com/apps/#{ENV['APP']}/config-vars")
request = Net::HTTP::Patch.new(uri, "Content-Type" => "application/json")
request.body = { RELEASED_AT: Time.now.to_i }.to_json
Net::HTTP.start(uri.host, uri.port, use_ssl: true) { |http| http.request(request) }
`,
    )
    const patch = calls.find(call => call.callee === 'Net::HTTP::Patch.new')
    expect(patch).toMatchObject({
      httpMethod: 'PATCH',
      atBoot: true,
      changes: 'Heroku config vars',
      bootPlace: 'Rails initializer',
    })
    expect(patch?.url).toContain('api.heroku.com')
  })

  test('Faraday client', async () => {
    const call = await callNamed(
      'patch',
      'config/initializers/h.rb',
      `
conn = Faraday.new(url: 'https://api.heroku.com')
conn.patch("/apps/#{app}/config-vars") do |req|
  req.body = '{}'
end
`,
    )
    expect(call).toMatchObject({ httpMethod: 'PATCH', changes: 'Heroku config vars', atBoot: true })
    expect(call.span.line).toBe(3)
  })

  test('Node entry point: main() and IIFE yes, route handlers no', async () => {
    const calls = await callsIn(
      'server.js',
      `
const express = require('express')
const axios = require('axios')
const app = express()
async function main() {
  await axios.patch(\`https://api.heroku.com/apps/\${process.env.APP}/config-vars\`, { A: 1 })
  app.listen(3000, () => { listening() })
}
const helper = async () => { inHelper() }
app.get('/x', async (req, res) => { inHandler() })
process.on('SIGTERM', () => { onTerm() })
;(async () => { inIife() })()
main().catch(e => { failed(e) })
`,
    )
    const boot = Object.fromEntries(calls.map(call => [call.name, call.atBoot]))
    expect(boot).toMatchObject({
      patch: true,
      listening: true,
      inHelper: false,
      inHandler: false,
      onTerm: false,
      inIife: true,
    })
    expect(calls.find(call => call.name === 'patch')).toMatchObject({
      httpMethod: 'PATCH',
      changes: 'Heroku config vars',
      bootPlace: 'Node entry point',
    })
  })

  test('AWS SDK v3 in a file that the Dockerfile starts', async () => {
    const call = await callNamed(
      'UpdateServiceCommand',
      'lib/begin.ts',
      `
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs'
const ecs = new ECSClient({})
await ecs.send(new UpdateServiceCommand({ service: 'web', forceNewDeployment: true }))
`,
      { repository: { Dockerfile: 'FROM node\nCMD ["node", "lib/begin.ts"]\n', 'lib/begin.ts': '' } },
    )
    expect(call).toMatchObject({ atBoot: true, bootPlace: 'Dockerfile CMD', changes: 'the ECS service' })
  })

  test('Django ready()', async () => {
    const calls = await callsIn(
      'shop/apps.py',
      `
import boto3
from django.apps import AppConfig
class ShopConfig(AppConfig):
    name = 'shop'
    def ready(self):
        ssm = boto3.client('ssm')
        ssm.put_parameter(Name='/x', Value='1', Overwrite=True)
    def other(self):
        boto3.client('ssm').delete_parameter(Name='/x')
`,
    )
    expect(calls.find(call => call.name === 'put_parameter')).toMatchObject({ atBoot: true, changes: 'SSM parameters' })
    expect(calls.find(call => call.name === 'delete_parameter')).toMatchObject({ atBoot: false, onlyWhenCalled: true })
  })

  test('Route 53 asked at boot', async () => {
    const call = await callNamed(
      'list_resource_record_sets',
      'config/initializers/dns.rb',
      `
client = Aws::Route53::Client.new
client.list_resource_record_sets(hosted_zone_id: 'Z')
`,
    )
    expect(call).toMatchObject({ asks: 'Route 53', atBoot: true })
  })
})

describe('shells in code', () => {
  test.each([
    ['a.rb', 'system("heroku config:set A=#{value} -a web")', 'heroku config:set A=$value -a web'],
    ['a.rb', 'system("heroku", "config:set", "A=1")', 'heroku config:set A=1'],
    ['a.rb', '`heroku config:set A=1`', 'heroku config:set A=1'],
    ['a.rb', '%x(heroku config:set A=#{a.b})', 'heroku config:set A=$a_b'],
    ['a.py', 'subprocess.run(["heroku", "config:set", f"A={x}"], check=True)', 'heroku config:set A=$_x'],
    ['a.py', 'os.system("heroku config:set A=1")', 'heroku config:set A=1'],
    ['a.py', 'subprocess.run(f"heroku config:set A={x}", shell=True)', 'heroku config:set A=$_x'],
    ['a.js', "execSync(`heroku config:set A=${x}`, { stdio: 'inherit' })", 'heroku config:set A=$x'],
    ['a.ts', "child_process.spawn('heroku', ['config:set', 'A=1'])", 'heroku config:set A=1'],
  ])('%s %s', async (path, text, line) => {
    const call = await callNamed('heroku', `lib/${path}`, `${text}\n`)
    expect(call).toMatchObject({ line, changes: 'Heroku config vars', command: 'heroku', atBoot: false })
    expect(call.span.line).toBe(1)
  })
})

test('only touched calls, and none that merely moved', async () => {
  const base = 'def a\n  redis.flushdb\nend\n'
  expect(await callsIn('lib/a.rb', `# note\n${base}`, { base })).toEqual([])
  expect(await callsIn('lib/a.rb', 'def a\n  if b\n    redis.flushdb\n  end\nend\n', { base })).toEqual([])
  const looped = 'def a\n  c.each do\n    redis.flushdb\n  end\nend\n'
  expect((await callsIn('lib/a.rb', looped, { base })).map(call => call.name)).toEqual(['each', 'flushdb'])
})

test('rake task name, loop and confirmation', async () => {
  const call = await callNamed(
    'flushdb',
    'lib/tasks/cache.rake',
    `
task rebuild: :environment do
  clients.each do |c|
    c.redis.flushdb
  end
end
`,
  )
  expect(call).toMatchObject({
    inLoop: true,
    loopOver: 'clients.each',
    atBoot: false,
    onlyWhenCalled: true,
    confirmed: false,
    receiver: 'c.redis',
  })
  expect(call.inFunction).toContain('rebuild')
})

describe('a library that a boot file of the same change calls', () => {
  const lib = `class PlatformSync
  def self.run
    PlatformAPI.connect_oauth(ENV['T']).config_var.update('shop', { 'A' => 'b' })
  end
end
`
  test.each([
    ['Rails.application.config.after_initialize { PlatformSync.run }\n', true],
    ['# PlatformSync.run\ndef later = PlatformSync.run\n', false],
  ])('%s', async (initializer, expected) => {
    const facts = await callsOf([
      { path: 'config/initializers/sync.rb', head: initializer },
      { path: 'app/services/platform_sync.rb', head: lib },
    ])
    expect(facts.find(fact => fact.name === 'update')).toMatchObject({ atBoot: expected })
  })

  test('JavaScript', async () => {
    const facts = await callsOf([
      { path: 'server.js', head: "const { mark } = require('./lib/mark')\nmark()\nhttp.createServer().listen(1)\n" },
      {
        path: 'lib/mark.js',
        head: "const { execSync } = require('child_process')\nfunction mark() {\n  execSync('heroku config:set A=1')\n}\nmodule.exports = { mark }\n",
      },
    ])
    expect(facts.find(fact => fact.name === 'heroku')).toMatchObject({
      atBoot: true,
      bootPlace: 'called from server.js',
    })
  })
})
