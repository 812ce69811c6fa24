import { loadArtifacts } from '../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../src/change/memory.ts'
import type { Config } from '../../src/config/types.ts'
import type { FactKind } from '../../src/facts/types.ts'

/** What holds without a configuration file. */
export const config: Config = {
  rules: {},
  ignore: [],
  databases: [],
  tables: {},
  environments: { production: [], lower: [] },
  schedules: [],
}

/** The facts of one kind about a change held in memory. */
export async function factsOf(
  kind: FactKind,
  files: readonly MemoryFile[],
  repository: Readonly<Record<string, string>> = {},
  now = new Date('2026-11-21T00:00:00Z'),
) {
  const change = changeInMemory({ files, repository })
  const { artifacts } = await loadArtifacts(change, config)
  const extract = await kind.load()
  return extract({ change, artifacts, config, now }, artifacts.filter(kind.wants))
}

/** Input that no parser may crash or hang on. */
export const hostile: readonly string[] = [
  '',
  '\u0000\u0001\u0002',
  '-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----',
  `${'-----BEGIN CERTIFICATE-----\n'.repeat(500)}`,
  `blocked: ${'['.repeat(5000)}`,
  `deny_list:\n${'- a\n'.repeat(20_000)}`,
  `resource "aws_vpc" "a" {\n${'x {\n'.repeat(400)}`,
  'chain input {\ntype filter hook input priority 0; policy drop;\ntcp dport 1 accept',
  `*filter\n:INPUT DROP [0:0]\n${'-A INPUT -j A\n'.repeat(3000)}-A A -j INPUT\n-A INPUT -p tcp --dport 80 -j ACCEPT\nCOMMIT\n`,
  'rules:\n  - {action: deny, source: 999.1.1.1/99}\n  - {action: allow}\n',
  `blocked_ips: [${'10.0.0.0/8, '.repeat(900)}]`,
]
