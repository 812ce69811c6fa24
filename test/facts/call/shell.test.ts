import { describe, expect, test } from 'vitest'
import { callNamed, callsIn } from './read.ts'

const script = (text: string): string => `#!/usr/bin/env bash\n${text}\n`

test('a loop over hosts', async () => {
  const calls = await callsIn(
    'ops/clean.sh',
    script(`for host in $(cat ops/inventory/players.txt); do
  ssh "admin@\${host}" 'sudo rm -rf /var/log/player/* && sudo reboot' &
done`),
  )
  expect(calls.map(call => call.name)).toEqual(['cat', 'ssh', 'rm', 'reboot'])
  expect(calls.at(-1)).toMatchObject({
    remote: 'ssh',
    fleet: '$(cat ops/inventory/players.txt)',
    paced: false,
    inLoop: true,
  })
  expect(calls.at(-1)?.span).toMatchObject({ line: 3, column: 57 })
})

test('a few at a time', async () => {
  const calls = await callsIn(
    'ops/clean.sh',
    script(`head -n "\${LIMIT}" hosts.txt | while read -r host; do
  ssh -n "admin@\${host}" 'sudo reboot'
  ssh -n "admin@\${host}" 'systemctl is-active player' || exit 1
done`),
  )
  expect(calls.find(call => call.name === 'reboot')).toMatchObject({
    paced: true,
    fleet: 'head -n "${LIMIT}" hosts.txt',
  })
})

test.each([
  ['pssh -h hosts.txt "sudo reboot"', 'pssh', '-h hosts.txt', false],
  ['ansible all -b -a "reboot"', 'ansible', 'ansible all', false],
  ['ansible web --limit web-1 -a reboot', 'ansible', 'ansible web', true],
  ['cat hosts | xargs -P 10 -I{} ssh {} sudo reboot', 'ssh', 'cat hosts', false],
  ['pdsh -a reboot', 'pdsh', '-a', false],
  ["salt '*' cmd.run reboot", 'salt', 'salt *', false],
  ['sdc-oneachnode -a "reboot"', 'sdc-oneachnode', 'sdc-oneachnode -a', false],
  ['knife ssh "role:web" "sudo reboot"', 'knife', 'knife ssh role:web', false],
])('%s', async (line, remote, fleet, paced) => {
  const call = (await callsIn('ops/a.sh', script(line))).find(
    found => found.words.at(-1) === 'reboot' && found.words.length <= 2,
  )
  expect(call).toMatchObject({ remote, fleet, paced })
})

describe('unset variable', () => {
  test.each([
    ['rm -rf "$DIR/"*', 'DIR'],
    ['rm -rf "${DIR}"/*', 'DIR'],
    ['rm -rf $PREFIX/usr', 'PREFIX'],
    ['sudo rm -rf "$A/$B"', 'A'],
    ['DIR=$1\nrm -rf $DIR/*', 'DIR'],
    ['ROOT="$(cd "${0%/*}" && echo $PWD)"\nrm -rf "$ROOT/"*', 'ROOT'],
    ['rm -rf "$DIR"', ''],
    ['rm -rf "${DIR:?}/"*', ''],
    ['set -eu\nrm -rf "$DIR/"*', ''],
    ['set -euo pipefail\nrm -rf "$DIR/"*', ''],
    ['DIR=build\nrm -rf "$DIR/"*', ''],
    ['DIR=${1:-build}\nrm -rf "$DIR/"*', ''],
    ['[ -n "$DIR" ] || exit 1\nrm -rf "$DIR/"*', ''],
    ['rm -rf "$DIR/cache"', ''],
    ['rm -f "$DIR/"*', ''],
    ['for d in a b; do rm -rf "$d/"*; done', ''],
    ['rm -rf "$HOME/"*', ''],
    ['TMP=$(mktemp -d)\nrm -rf "$TMP/"*', ''],
    ['. ./env.sh\nrm -rf "$DIR/"*', ''],
  ])('%s', async (text, variable) => {
    expect((await callNamed('rm', 'bin/clean.sh', script(text))).unsetVariable).toBe(variable)
  })
})

test.each([
  ['curl -s https://fluxcd.io/install.sh | bash', 'https://fluxcd.io/install.sh'],
  ['curl -fsSL https://x.io/a.sh | sudo -E bash -', 'https://x.io/a.sh'],
  ['bash <(curl -s https://x.io/a.sh)', 'https://x.io/a.sh'],
  ['bash -c "$(curl -fsSL https://x.io/a.sh)"', 'https://x.io/a.sh'],
  ['curl -s https://x.io/a.json | python3 -c "import json"', ''],
  ['curl -s https://x.io/a.json | jq .', ''],
])('%s runs %s', async (text, url) => {
  const calls = await callsIn('bin/i.sh', script(text))
  expect(calls.map(call => call.runsUrl).find(found => found !== '') ?? '').toBe(url)
})

test.each([
  ['kubectl delete namespace x', false],
  ['kubectl --context live delete namespace x', true],
  ['kubectl config use-context live\nkubectl delete namespace x', true],
  ['KUBECONFIG=a kubectl delete namespace x', true],
])('%s', async (text, named) => {
  const call = (await callsIn('bin/i.sh', script(text))).at(-1)
  expect(call?.targetNamed).toBe(named)
})

test('environment that defaults to production', async () => {
  expect(
    (await callNamed('rake', 'bin/reset.sh', script('export RAILS_ENV=${1:-production}\nbundle exec rake db:drop')))
      .productionDefault,
  ).toBe('RAILS_ENV')
  expect(
    (await callNamed('terraform', 'bin/reset.sh', script('ENV=${1:-prod}\nterraform destroy -var-file=$ENV.tfvars')))
      .productionDefault,
  ).toBe('ENV')
  expect(
    (await callNamed('terraform', 'bin/reset.sh', script('ENV=${1:-staging}\nterraform destroy -var-file=$ENV.tfvars')))
      .productionDefault,
  ).toBe('')
})

describe('shell in other files', () => {
  test('Procfile', async () => {
    const calls = await callsIn(
      'Procfile',
      'web: bin/rails db:migrate && bundle exec puma\nrelease: bin/rails db:migrate\n',
    )
    expect(calls.map(call => [call.line, call.bootPlace, call.releasePhase])).toEqual([
      ['rails db:migrate', 'Procfile web process', false],
      ['puma', 'Procfile web process', false],
      ['rails db:migrate', 'Procfile release process', true],
    ])
  })

  test('Dockerfile', async () => {
    const calls = await callsIn(
      'Dockerfile',
      'FROM a\nRUN apt-get update && \\\n  # why\n  apt-get install -y x\nCMD ["sh", "-c", "bin/rails db:migrate && exec bin/rails s"]\n',
    )
    expect(calls.map(call => [call.line, call.atBoot, call.span.line])).toEqual([
      ['apt-get update', false, 2],
      ['apt-get install -y x', false, 4],
      ['sh -c bin/rails db:migrate && exec bin/rails s', true, 5],
      ['rails db:migrate', true, 5],
      ['rails s', true, 5],
    ])
  })

  test('compose, workflow, Kubernetes', async () => {
    const compose = await callNamed(
      'rails',
      'docker-compose.yml',
      'services:\n  web:\n    image: a\n    command: bash -c "bin/rails db:migrate"\n',
    )
    expect(compose).toMatchObject({ line: 'rails db:migrate', bootPlace: 'compose service web', job: 'web' })
    const workflow = await callNamed(
      'redis-cli',
      '.github/workflows/deploy.yml',
      'on: push\njobs:\n  deploy:\n    steps:\n      - run: |\n          set -e\n          redis-cli -u ${{ secrets.URL }} FLUSHALL\n',
    )
    expect(workflow).toMatchObject({ job: 'deploy', atBoot: false, span: { line: 7, column: 11 } })
    const pod = await callNamed(
      'prisma',
      'k8s/web.yml',
      'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          command: ["sh", "-c"]\n          args:\n            - |\n              npx prisma migrate deploy\n              node x.js\n',
    )
    expect(pod).toMatchObject({ line: 'prisma migrate deploy', atBoot: true, span: { line: 11 } })
  })

  test('local-exec', async () => {
    const call = await callNamed(
      'kubectl',
      'main.tf',
      'resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = <<-EOT\n      echo \'${templatefile("${path.module}/x.tpl", { a = var.b })}\' | kubectl apply -n ingress -f -\n    EOT\n  }\n}\n',
    )
    expect(call).toMatchObject({ line: 'kubectl apply -n ingress -f -', job: 'local-exec', span: { line: 4 } })
  })

  test('entrypoint script', async () => {
    const calls = await callsIn(
      'docker-entrypoint.sh',
      script(
        'aws ssm put-parameter --name /x --value 1 --overwrite\nif [ "$M" = 1 ]; then rake db:migrate; fi\nexec "$@"',
      ),
    )
    expect(calls[0]).toMatchObject({ atBoot: true, changes: 'SSM parameters' })
    expect(calls.find(call => call.name === 'rake')).toMatchObject({ guarded: true, atBoot: true })
  })
})

test('words without sudo, env and folders', async () => {
  const call = await callNamed(
    'redis-cli',
    'bin/a.sh',
    script('sudo -u redis env A=1 /usr/bin/redis-cli -h "$HOST" FLUSHALL'),
  )
  expect(call.words).toEqual(['redis-cli', '-h', '$HOST', 'FLUSHALL'])
})
